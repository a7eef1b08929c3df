import { cameraBetween, fitted, sameCamera } from './camera.js';
import { easeInOut } from './easing.js';
import { type Frame, stillShows } from './frame.js';
import { fitScale, type Projection, toProjection, type ViewSize } from './projection.js';
import type { Camera } from './scatterplot.js';

/**
 * Reference of the view when its frame changes: the data, camera numbers that were set, or the current view
 * of the user.
 */
type Hold = 'data' | 'numbers' | 'sight';

/** Camera, frame and size of the view, and its motion. */
export class ViewState {
  size: ViewSize = { width: 0, height: 0 };
  private frame: Frame = { center: { x: 0, y: 0, z: 0 }, half: { x: 0, y: 0, z: 0 } };
  /** Frame of the last fitted view. */
  private shown = this.frame;
  private current: Camera = fitted(this.frame);
  private hold: Hold = 'data';
  private motion:
    | { readonly from: Camera; readonly to: Camera; readonly start: number; readonly durationMs: number }
    | undefined;

  /** The last projection, and what it was made of. */
  private known:
    | { readonly of: readonly [Camera, Frame, ViewSize]; readonly projection: Projection }
    | undefined;

  constructor(private readonly dimensions: 2 | 3) {}

  get camera(): Camera {
    return this.current;
  }

  /** True if the view was not moved since it was fitted. */
  get isFitted(): boolean {
    return this.hold === 'data';
  }

  /** True while the camera is animated. */
  get moving(): boolean {
    return this.motion !== undefined;
  }

  /** Places are projected by the ten thousands, so it is made once for each camera, frame and size. */
  get projection(): Projection {
    const of = [this.current, this.frame, this.size] as const;
    if (this.known?.of.every((one, i) => one === of[i]) !== true)
      this.known = { of, projection: toProjection(...of, this.dimensions) };
    return this.known.projection;
  }

  /** Sets the camera, independent of the data. */
  set(camera: Camera): void {
    [this.current, this.hold, this.motion] = [camera, 'numbers', undefined];
  }

  /** The user moved the view. */
  steer(camera: Camera): void {
    [this.current, this.hold, this.motion] = [camera, 'sight', undefined];
  }

  /** Points arrived: shows all of them, unless the user has moved the view. */
  grow(frame: Frame, now: number, durationMs: number): void {
    const empty = this.frame.half.x === 0 && this.frame.half.y === 0;
    if (this.hold === 'numbers') this.frame = frame;
    else if (this.hold === 'sight') this.keepSight(frame);
    else this.fit(frame, now, empty ? 0 : durationMs);
  }

  /** A part of the points came: as `grow`, at once, but for so little more to see the view holds still. */
  extend(frame: Frame): void {
    if (this.hold === 'data' && stillShows(this.shown, frame)) this.keepSight(frame);
    else this.grow(frame, 0, 0);
  }

  /** Points moved: the view holds still unless it showed all of them and no longer does. */
  follow(frame: Frame, now: number, durationMs: number): void {
    if (this.hold === 'data' && !stillShows(this.shown, frame)) this.fit(frame, now, durationMs);
    else this.keepSight(frame);
  }

  /** Animates from the current view to the view of everything. */
  fit(frame: Frame, now: number, durationMs: number): void {
    this.keepSight(frame);
    [this.shown, this.hold] = [frame, 'data'];
    const target = fitted(frame, this.current);
    if (durationMs <= 0) [this.current, this.motion] = [target, undefined];
    else this.glide(target, now, durationMs);
  }

  /** Animates to the view of some of the points, no closer than `closest`. */
  show(part: Frame, closest: number, now: number, durationMs: number): void {
    const zoom = Math.min(
      closest,
      (0.8 * fitScale(part, this.size, this.dimensions)) / fitScale(this.frame, this.size, this.dimensions),
    );
    const single = part.half.x === 0 && part.half.y === 0 && part.half.z === 0;
    this.hold = 'sight';
    this.glide(
      { ...this.current, center: part.center, zoom: single ? Math.max(closest, this.current.zoom) : zoom },
      now,
      durationMs,
    );
  }

  /** Moves the camera on; true when it changed. */
  advance(now: number): boolean {
    if (this.motion === undefined) return false;
    const { from, to, start, durationMs } = this.motion;
    const t = durationMs <= 0 ? 1 : (now - start) / durationMs;
    this.current = cameraBetween(from, to, t >= 1 ? 1 : easeInOut(t));
    if (t >= 1) this.motion = undefined;
    return true;
  }

  /** Zoom 1 means another frame from now on, but the same is seen. */
  private keepSight(frame: Frame): void {
    const factor =
      fitScale(this.frame, this.size, this.dimensions) / fitScale(frame, this.size, this.dimensions);
    const kept = (camera: Camera): Camera => ({ ...camera, zoom: camera.zoom * factor });
    this.current = kept(this.current);
    if (this.motion !== undefined)
      this.motion = { ...this.motion, from: kept(this.motion.from), to: kept(this.motion.to) };
    this.frame = frame;
  }

  private glide(to: Camera, start: number, durationMs: number): void {
    this.motion = sameCamera(this.current, to) ? undefined : { from: this.current, to, start, durationMs };
  }
}
