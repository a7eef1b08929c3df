import type { PointLayer } from './point.layer.js';
import { createTarget, type RenderTarget } from './render-target.js';
import type { Scene } from './scene.js';

/** Points of a step: as many as the card draws in a few frames, between these. */
const STEP = { first: 32_768, least: 32_768, most: 262_144 };
/**
 * A step that took less is followed by a larger one, one that took more by a smaller one, in milliseconds.
 */
const PACE = { fast: 25, slow: 45 };
/** Pause between two pictures of points that still come, in milliseconds: to show one costs time as well. */
const SHOW_MS = 100;

/** How a step is drawn. */
export interface GrowthOptions {
  /** Another one redraws everything. */
  readonly revision: number;
  /** Milliseconds that the step before took. */
  readonly tookMs: number;
  /** Whether the canvas has no better picture, so that parts are shown. */
  readonly showsParts: boolean;
}

/** Effect of a step on the canvas. */
export interface GrowthStep {
  readonly changed: boolean;
  readonly shown: number;
  readonly done: boolean;
}

/**
 * An off-screen picture that is drawn in steps: each arriving point is drawn once onto the earlier points.
 * The canvas shows only finished steps, so that the page never waits for a slow GPU.
 */
export class GrowingPicture {
  private target: RenderTarget | undefined;
  private view = '';
  private drawn = 0;
  /** Most points of the pictures before it, from which on parts are shown. */
  private held = 0;
  private fresh = false;
  private size = STEP.first;
  private shownAt = -Infinity;

  constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly points: PointLayer,
  ) {}

  /**
   * Shows the result of earlier steps and draws the next step. Returns whether the canvas changed, how many points it
   * shows, and whether these are all.
   */
  step(
    scene: Scene,
    { revision, tookMs, showsParts }: GrowthOptions,
    width: number,
    height: number,
  ): GrowthStep {
    const { gl } = this;
    const view = JSON.stringify([
      width,
      height,
      revision,
      scene.projection,
      scene.range,
      scene.opacity,
      scene.ghost,
      scene.background,
    ]);
    if (view !== this.view || this.target === undefined) this.begin(view, scene, width, height);
    const { framebuffer } = this.target!;
    const now = performance.now();
    const changed =
      this.fresh &&
      (this.drawn >= scene.order.count ||
        (showsParts && this.drawn >= this.held && now - this.shownAt >= SHOW_MS));
    const shown = this.drawn;
    if (changed) {
      [this.fresh, this.shownAt] = [false, now];
      gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
      // a copy alone does not make browsers preserve the canvas
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    }
    if (tookMs < PACE.fast) this.size = Math.min(STEP.most, 2 * this.size);
    else if (tookMs > PACE.slow) this.size = Math.max(STEP.least, this.size / 2);
    const to = Math.min(scene.order.count, this.drawn + this.size);
    if (to > this.drawn) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
      gl.viewport(0, 0, width, height);
      this.points.draw(scene, this.drawn, to);
      [this.drawn, this.fresh] = [to, true];
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    return { changed, shown, done: !this.fresh && this.drawn >= scene.order.count };
  }

  free(): void {
    this.target?.free();
    this.target = undefined;
  }

  private begin(view: string, { background, order }: Scene, width: number, height: number): void {
    const { gl } = this;
    if (this.target?.width !== width || this.target.height !== height) {
      this.free();
      this.target = createTarget(gl, width, height, gl.RGBA8, true);
    }
    // A picture that begins again before it was shown keeps what the one on the canvas has.
    this.held = Math.max(this.held, this.drawn);
    [this.view, this.drawn, this.fresh] = [view, 0, order.count === 0];
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target.framebuffer);
    gl.clearColor(...background, 1);
    gl.clearDepth(1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  }
}
