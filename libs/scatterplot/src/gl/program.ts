import { shaderRefused } from '../scatterplot.errors.js';

/** A linked program and where its uniforms are. */
export interface Program {
  readonly program: WebGLProgram;
  readonly at: (uniform: string) => WebGLUniformLocation | null;
}

/** Compiles and links; throws `internal` SHADER_REFUSED with the driver's own words. */
export function createProgram(gl: WebGL2RenderingContext, vertex: string, fragment: string): Program {
  const program = gl.createProgram();
  const shaders = (
    [
      ['vertex', gl.VERTEX_SHADER, vertex],
      ['fragment', gl.FRAGMENT_SHADER, fragment],
    ] as const
  ).map(([stage, type, source]) => {
    const shader = gl.createShader(type)!;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    return { stage, shader };
  });
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true && !gl.isContextLost()) {
    const refused = shaders.find(({ shader }) => gl.getShaderParameter(shader, gl.COMPILE_STATUS) !== true);
    throw shaderRefused(
      refused?.stage ?? 'linked',
      refused === undefined ? gl.getProgramInfoLog(program) : gl.getShaderInfoLog(refused.shader),
    );
  }
  for (const { shader } of shaders) gl.deleteShader(shader);
  const locations = new Map<string, WebGLUniformLocation | null>();
  const at = (uniform: string): WebGLUniformLocation | null => {
    let location = locations.get(uniform);
    if (location === undefined) locations.set(uniform, (location = gl.getUniformLocation(program, uniform)));
    return location;
  };
  return { program, at };
}
