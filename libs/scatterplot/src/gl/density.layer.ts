import { blurFragment, countFragment, countVertex, screenVertex, toneFragment } from './density.shaders.js';
import type { PointBuffers } from './point-buffers.js';
import { createProgram, type Program } from './program.js';
import { createTarget, type RenderTarget } from './render-target.js';
import type { Scene } from './scene.js';
import { setProjection } from './uniforms.js';

/** Device pixels a texel of the density is wide. */
const TEXEL = 3;

/** Counts points in a coarse float texture, blurs it and paints its logarithm. */
export class DensityLayer {
  private readonly programs = new Map<string, Program>();
  private targets: readonly RenderTarget[] = [];
  private ramp: { readonly colors: Uint8Array; readonly texture: WebGLTexture } | undefined;
  /** Sums exactly where the card can blend floats; half floats stop at 2,048, bytes at 255 points a texel. */
  private readonly format: { readonly count: number; readonly blurred: number; readonly unit: number };

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly buffers: PointBuffers,
  ) {
    const floats =
      gl.getExtension('EXT_color_buffer_float') !== null && gl.getExtension('EXT_float_blend') !== null;
    const halves =
      gl.getExtension('EXT_color_buffer_half_float') !== null ||
      gl.getExtension('EXT_color_buffer_float') !== null;
    this.format =
      floats || halves
        ? { count: floats ? gl.R32F : gl.R16F, blurred: gl.R16F, unit: 1 }
        : { count: gl.R8, blurred: gl.R8, unit: 1 / 255 };
  }

  /** Draws into `output` of device pixels width × height. */
  draw(scene: Scene, ramp: Uint8Array, output: WebGLFramebuffer | null, width: number, height: number): void {
    const { gl } = this;
    const [counted, across, down] = this.sized(Math.ceil(width / TEXEL), Math.ceil(height / TEXEL));
    this.count(scene, counted);
    gl.disable(gl.BLEND);
    this.screen('blur', blurFragment, counted, across, ({ at }) => {
      gl.uniform2f(at('along'), 1 / counted.width, 0);
    });
    this.screen('blur', blurFragment, across, down, ({ at }) => {
      gl.uniform2f(at('along'), 0, 1 / counted.height);
    });
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const mean =
      Math.max(1e-3, (scene.order.count - scene.order.firstVisible) / (counted.width * counted.height)) *
      this.format.unit;
    this.screen('tone', toneFragment, down, { framebuffer: output, width, height }, ({ at }) => {
      gl.activeTexture(gl.TEXTURE1);
      gl.bindTexture(gl.TEXTURE_2D, this.rampTexture(ramp));
      gl.activeTexture(gl.TEXTURE0);
      gl.uniform1i(at('ramp'), 1);
      gl.uniform1f(at('mean'), mean);
    });
  }

  free(): void {
    for (const { program } of this.programs.values()) this.gl.deleteProgram(program);
    for (const target of this.targets) target.free();
    if (this.ramp !== undefined) this.gl.deleteTexture(this.ramp.texture);
  }

  private count(scene: Scene, target: RenderTarget): void {
    const { gl } = this;
    const { dimensions } = scene.projection;
    const gliding = scene.glide < 1;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, target.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    const program = this.use(`count ${dimensions} ${gliding}`, () =>
      createProgram(gl, countVertex({ dimensions, gliding }), countFragment),
    );
    setProjection(gl, program, scene.projection, scene.glide);
    gl.uniform1f(program.at('unit'), this.format.unit);
    const { listed, count, firstSelected } = scene.order;
    this.buffers.bind(listed ? 'order' : undefined);
    if (listed) gl.drawElements(gl.POINTS, count - firstSelected, gl.UNSIGNED_INT, 4 * firstSelected);
    else gl.drawArrays(gl.POINTS, 0, count);
  }

  private screen(
    key: string,
    fragment: string,
    source: RenderTarget,
    target: { framebuffer: WebGLFramebuffer | null; width: number; height: number },
    set: (program: Program) => void,
  ): void {
    const { gl } = this;
    const program = this.use(key, () => createProgram(gl, screenVertex, fragment));
    gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
    gl.viewport(0, 0, target.width, target.height);
    gl.bindTexture(gl.TEXTURE_2D, source.texture);
    set(program);
    this.buffers.bind(undefined);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private use(key: string, make: () => Program): Program {
    let program = this.programs.get(key);
    if (program === undefined) this.programs.set(key, (program = make()));
    this.gl.useProgram(program.program);
    return program;
  }

  private sized(width: number, height: number): [RenderTarget, RenderTarget, RenderTarget] {
    const { gl, format } = this;
    if (this.targets[0]?.width !== width || this.targets[0].height !== height) {
      for (const target of this.targets) target.free();
      this.targets = [format.count, format.blurred, format.blurred].map((it) =>
        createTarget(gl, width, height, it, false),
      );
      gl.bindTexture(gl.TEXTURE_2D, this.targets[0]!.texture);
      for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
        gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
    }
    return this.targets as [RenderTarget, RenderTarget, RenderTarget];
  }

  private rampTexture(colors: Uint8Array): WebGLTexture {
    const { gl } = this;
    const texture = this.ramp?.texture ?? gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    if (this.ramp?.colors !== colors) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colors);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
      gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
      this.ramp = { colors, texture };
    }
    return texture;
  }
}
