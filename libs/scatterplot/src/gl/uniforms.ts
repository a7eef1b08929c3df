import type { Projection } from '../projection.js';
import type { Program } from './program.js';

/** Sets the uniforms of `placing`. */
export function setProjection(
  gl: WebGL2RenderingContext,
  { at }: Program,
  p: Projection,
  glide: number,
): void {
  const r = p.rotation;
  gl.uniform3f(at('center'), p.center.x, p.center.y, p.center.z);
  gl.uniform2f(at('scale'), (2 * p.scale) / p.width, (2 * p.scale) / p.height);
  gl.uniform2f(at('middle'), (2 * p.middle.x) / p.width - 1, 1 - (2 * p.middle.y) / p.height);
  if (p.dimensions === 3) {
    gl.uniformMatrix3fv(at('rotation'), true, r);
    gl.uniform2f(at('depth'), p.perspective, 1 / p.depth);
  }
  gl.uniform1f(at('glide'), glide);
}
