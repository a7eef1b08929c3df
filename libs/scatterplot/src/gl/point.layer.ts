import type { PointBuffers } from './point-buffers.js';
import { pointFragment, pointVertex } from './point.shaders.js';
import { createProgram, type Program } from './program.js';
import type { Scene } from './scene.js';
import { setProjection } from './uniforms.js';

/** Opacity and greyness of faint points, relative to highlighted ones. */
const FAINT = { opacity: 0.22, grey: 0.75 };
/** Greyness of points that are not visible. */
const GHOST_GREY = 0.6;

/** Draws points as discs: filtered ones at the bottom, then faint ones, then highlighted ones. */
export class PointLayer {
  private readonly programs = new Map<string, Program>();

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly buffers: PointBuffers,
  ) {}

  /** Draws the points of the scene's order from `from` to before `to`. */
  draw(scene: Scene, from = 0, to = scene.order.count): void {
    const { gl } = this;
    const {
      order: { listed, firstVisible, firstSelected },
      opacity,
      ghost,
    } = scene;
    const solid = scene.projection.dimensions === 3;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (solid) gl.enable(gl.DEPTH_TEST);
    const discs = this.use(scene, false);
    this.buffers.bind(listed ? 'order' : undefined);
    const within = (at: number): number => Math.min(to, Math.max(from, at));
    const [visible, middle] = [within(firstVisible), within(firstSelected)];
    // Nearly transparent points do not hide points behind them.
    gl.depthMask(false);
    if (from < visible)
      this.range(discs, listed, from, visible, ghost.range, [ghost.opacity, ghost.opacity, GHOST_GREY]);
    if (visible < middle)
      this.range(discs, listed, visible, middle, scene.range, [
        opacity[0] * FAINT.opacity,
        opacity[1] * FAINT.opacity,
        FAINT.grey,
      ]);
    gl.depthMask(true);
    if (middle < to) this.range(discs, listed, middle, to, scene.range, [opacity[0], opacity[1], 0]);
    gl.disable(gl.DEPTH_TEST);
  }

  /** Draws a ring around each marked point. */
  drawRings(scene: Scene): void {
    const { gl } = this;
    if (scene.marked === 0) return;
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const rings = this.use(scene, true);
    gl.uniform4f(rings.at('ringColor'), ...scene.ink, 1);
    gl.uniform4f(rings.at('look'), 1, 1, 0, 1);
    this.buffers.bind('marked');
    gl.drawElements(gl.POINTS, scene.marked, gl.UNSIGNED_INT, 0);
  }

  free(): void {
    for (const { program } of this.programs.values()) this.gl.deleteProgram(program);
  }

  private range(
    { at }: Program,
    listed: boolean,
    from: number,
    to: number,
    range: readonly [number, number],
    [small, large, grey]: readonly [number, number, number],
  ): void {
    const { gl } = this;
    gl.uniform2f(at('range'), ...range);
    gl.uniform4f(at('look'), small, large, grey, 0);
    if (listed) gl.drawElements(gl.POINTS, to - from, gl.UNSIGNED_INT, 4 * from);
    else gl.drawArrays(gl.POINTS, from, to - from);
  }

  private use(scene: Scene, ring: boolean): Program {
    const { gl } = this;
    const { dimensions } = scene.projection;
    const gliding = scene.glide < 1;
    const key = `${dimensions} ${gliding} ${ring}`;
    let program = this.programs.get(key);
    if (program === undefined)
      this.programs.set(
        key,
        (program = createProgram(
          gl,
          pointVertex({ dimensions, gliding }),
          pointFragment(ring, dimensions === 3 && !ring),
        )),
      );
    gl.useProgram(program.program);
    setProjection(gl, program, scene.projection, scene.glide);
    gl.uniform2f(program.at('range'), ...scene.range);
    gl.uniform3f(program.at('behind'), ...scene.background);
    return program;
  }
}
