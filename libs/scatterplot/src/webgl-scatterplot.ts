import { crowdOpacity, ghostOpacity, sizeFactor } from './appearance.js';
import { countBits, sameMask } from './bitmask.js';
import { inkOn, parseRgb } from './css-color.js';
import { type DrawOrder, drawOrder, raiseSelected } from './draw-order.js';
import { easeInOut, mix } from './easing.js';
import { Listeners } from './events.js';
import { Bounds, type Frame } from './frame.js';
import { type Place, Gestures, type GestureTarget } from './gestures.js';
import { createContext, Renderer } from './gl/renderer.js';
import type { Rgb, Scene } from './gl/scene.js';
import { Locator, type Searched } from './locator.js';
import { computeOutline } from './outline.js';
import { Overlay } from './overlay.js';
import { densityRamp } from './palette.js';
import { between, type Changed, type Columns, PointStore } from './point-store.js';
import { projectPlace } from './projection.js';
import type {
  Camera,
  Padding,
  Part,
  Point3,
  Scatterplot,
  ScatterplotEvents,
  ScatterplotOptions,
} from './scatterplot.js';
import { ViewState } from './view.state.js';

const CAMERA_MS = 300;
const REACH_PX = 8;
const CLOSEST_ZOOM = 12;
/** Above this count, restyling runs off-screen in steps. */
const MANY = 200_000;
/** Points that are drawn at once after the canvas changed its size: as many as cost no visible wait. */
const TOP = 32_768;
/** A slow card is waited for, so that frames do not queue, but never for longer. */
const LONGEST_WAIT_MS = 3000;

/** A scatterplot on a WebGL 2 canvas; draws only when something changed. */
export class WebGlScatterplot implements Scatterplot {
  private readonly canvas: HTMLCanvasElement;
  private readonly gl: WebGL2RenderingContext;
  private readonly store: PointStore;
  private readonly view: ViewState;
  private readonly locator: Locator;
  private readonly overlay: Overlay;
  private readonly listeners = new Listeners<ScatterplotEvents>();
  private readonly gestures: Gestures;
  private readonly ends = new AbortController();
  private readonly resizes: ResizeObserver;
  private readonly calm = matchMedia('(prefers-reduced-motion: reduce)');
  private renderer: Renderer;
  private mode: 'pan' | 'lasso' | 'rectangle' = 'pan';
  private pointSize: readonly [number, number];
  private opacity: number | undefined;
  private background: Rgb;
  private ink: Rgb;
  private bounds = new Bounds();
  private visible: Uint8Array | undefined;
  private selected: Uint8Array | undefined;
  private marked: readonly number[] = [];
  private ramp: Uint8Array | undefined;
  /** The order without a selection, which lasts while points, sizes and filters rest. */
  private sorted: DrawOrder | undefined;
  private order: DrawOrder | undefined;
  private glide:
    | {
        readonly before: Float32Array;
        readonly start: number;
        readonly durationMs: number;
        readonly done: () => void;
      }
    | undefined;
  private hoverAt: Place | undefined;
  private hovered = -1;
  private frame: number | undefined;
  private due = false;
  /** Number of expected points while they arrive in parts, until all are drawn; otherwise 0. */
  private total = 0;
  /** True while an off-screen picture is not completely on the canvas; another revision redraws it. */
  private unfinished = false;
  private revision = 0;
  private drawnAt = 0;

  constructor(private readonly options: ScatterplotOptions) {
    const { canvas, capacity, dimensions } = options;
    this.canvas = canvas;
    this.gl = createContext(canvas);
    this.store = new PointStore(capacity, dimensions);
    this.view = new ViewState(dimensions);
    this.locator = new Locator(dimensions);
    this.renderer = new Renderer(this.gl, capacity, dimensions);
    this.pointSize = options.pointSize ?? [3, 14];
    this.background = parseRgb(options.background);
    this.ink = options.ink === undefined ? inkOn(this.background) : parseRgb(options.ink);
    this.overlay = new Overlay(canvas);
    this.overlay.setColors(toCss(this.ink), toCss(this.background));
    this.gestures = new Gestures(canvas, this.gestureTarget());
    canvas.addEventListener(
      'webglcontextlost',
      (event) => {
        event.preventDefault();
      },
      { signal: this.ends.signal },
    );
    canvas.addEventListener(
      'webglcontextrestored',
      () => {
        this.restore();
      },
      { signal: this.ends.signal },
    );
    this.resizes = new ResizeObserver(() => {
      this.fitCanvas();
    });
    this.resizes.observe(canvas);
    this.reorder();
    this.fitCanvas();
  }

  get count(): number {
    return this.store.count;
  }

  append(x: Float32Array, y: Float32Array, z?: Float32Array): void {
    const columns = { x, y, z };
    const { first, end } = this.store.append(columns);
    this.settle();
    this.send(first, end);
    this.grow(columns);
    this.view.grow(this.bounds.frame(), performance.now(), this.motionMs(CAMERA_MS));
    this.moved();
  }

  extend(part: Part, total: number): void {
    const { first, end } = this.store.append(part);
    this.store.paint(part.colors, part.palette, first);
    this.store.resize(part.sizes, first);
    this.settle();
    this.send(first, end);
    this.grow(part);
    this.view.extend(this.bounds.frame());
    [this.total, this.unfinished] = [total, true];
    this.forgetOrder();
    this.locator.forget();
    this.ask();
  }

  moveTo(columns: Columns, durationMs: number): Promise<void> {
    const { store } = this;
    const now = performance.now();
    const length = this.options.dimensions * store.count;
    const ms = this.motionMs(durationMs);
    const running = this.glide;
    const before =
      running === undefined
        ? store.positions.slice(0, length)
        : between(running.before, store.positions, length, (now - running.start) / running.durationMs);
    store.moveTo(columns);
    this.settle();
    if (ms > 0) this.renderer.buffers.beginGlide(running === undefined ? undefined : before);
    this.renderer.buffers.setPositions(0, store.positions.subarray(0, length));
    this.bounds = new Bounds();
    this.grow(columns);
    this.view.follow(this.bounds.frame(), now, ms);
    this.moved();
    if (ms === 0) return Promise.resolve();
    return new Promise((done) => {
      this.glide = { before, start: now, durationMs: ms, done };
    });
  }

  setColors(codes: Uint8Array, palette: Uint8Array): void {
    if (
      this.upload(this.store.paint(codes, palette), ({ first, end }) => {
        this.renderer.buffers.setColors(first, this.store.colors.subarray(first, end));
      })
    )
      this.renew();
  }

  setSizes(codes: Uint8Array | undefined): void {
    const { sized } = this.store;
    const changed = this.upload(this.store.resize(codes), ({ first, end }) => {
      this.renderer.buffers.setSizes(first, this.store.sizes.subarray(first, end));
    });
    if (changed || sized !== this.store.sized) this.reorder(true);
  }

  setPointSize(range: readonly [number, number]): void {
    this.pointSize = range;
    this.invalidate();
  }

  setOpacity(opacity: number | undefined): void {
    this.opacity = opacity;
    this.invalidate();
  }

  setBackground(css: string): void {
    this.background = parseRgb(css);
    if (this.options.ink === undefined) this.ink = inkOn(this.background);
    this.overlay.setColors(toCss(this.ink), toCss(this.background));
    this.invalidate();
  }

  setVisible(mask: Uint8Array | undefined): void {
    const isSame = sameMask(this.visible, mask);
    this.visible = mask;
    if (!isSame) this.reorder();
  }

  setSelected(mask: Uint8Array | undefined): void {
    const isSame = sameMask(this.selected, mask);
    this.selected = mask;
    if (isSame) return;
    this.order = undefined;
    this.invalidate();
  }

  setMarked(points: readonly number[]): void {
    this.marked = points.filter((point) => point >= 0 && point < this.store.count);
    this.showRings(performance.now());
  }

  setDensity(on: boolean, ramp?: Uint8Array): void {
    this.ramp = on ? (ramp ?? densityRamp(this.ink[0] > 0.5)) : undefined;
    this.invalidate();
  }

  setPadding(padding: Padding): void {
    this.view.size = { ...this.view.size, padding };
    this.invalidate();
  }

  setMode(mode: 'pan' | 'lasso' | 'rectangle'): void {
    this.mode = mode;
    this.canvas.style.cursor = mode === 'pan' ? '' : 'crosshair';
  }

  get isFitted(): boolean {
    return this.view.isFitted;
  }

  get camera(): Camera {
    return this.view.camera;
  }

  set camera(camera: Camera) {
    this.view.set(camera);
    this.invalidate();
  }

  fit(): void {
    this.view.fit(this.bounds.frame(), performance.now(), this.motionMs(CAMERA_MS));
    this.invalidate();
  }

  zoomTo(points: readonly number[]): void {
    if (points.length === 0) return;
    this.view.show(this.computeFrame(points), CLOSEST_ZOOM, performance.now(), this.motionMs(CAMERA_MS));
    this.invalidate();
  }

  pick(x: number, y: number): number {
    return this.locator.pick(this.view.projection, x, y, this.searched());
  }

  inside(polygon: ArrayLike<number>): Uint8Array {
    return this.locator.inside(this.view.projection, polygon, this.searched());
  }

  project(place: Point3): { readonly x: number; readonly y: number } {
    return projectPlace(this.view.projection, place);
  }

  on<E extends keyof ScatterplotEvents>(
    event: E,
    listener: (detail: ScatterplotEvents[E]) => void,
  ): () => void {
    return this.listeners.on(event, listener);
  }

  draw(): void {
    if (!this.isDrawable) return;
    this.due = false;
    this.drawnAt = performance.now();
    if (this.growing && this.store.count >= this.total) {
      this.total = 0;
      this.forgetOrder();
    }
    if (!this.growing) {
      this.unfinished = false;
      this.renderer.endGrowth();
    }
    this.paint(this.store.count);
  }

  /** Draws the topmost points onto the canvas, `most` at most. */
  private paint(most: number): void {
    const start = performance.now();
    const scene = this.scene(this.canvas.width / this.view.size.width, start, 0);
    const from = Math.max(0, scene.order.count - most);
    this.renderer.draw(scene, from);
    this.showRings(start);
    this.listeners.tell('frame', {
      milliseconds: performance.now() - start,
      points: scene.order.count - from,
    });
  }

  private get isDrawable(): boolean {
    const { width, height } = this.view.size;
    return width > 0 && height > 0 && !this.gl.isContextLost();
  }

  /** Draws a step of the off-screen picture. */
  private step(): void {
    if (!this.isDrawable) return;
    const { width } = this.view.size;
    const start = performance.now();
    const tookMs = start - this.drawnAt;
    this.drawnAt = start;
    const { changed, shown, done } = this.renderer.grow(this.scene(this.canvas.width / width, start, 0), {
      revision: this.revision,
      tookMs,
      showsParts: this.growing,
    });
    this.unfinished = !done;
    if (done && this.store.count >= this.total) this.settleOrder();
    if (!changed) return;
    this.showRings(start);
    this.listeners.tell('frame', {
      milliseconds: performance.now() - start,
      points: done ? this.store.count : shown,
    });
  }

  async toImage(scale: number): Promise<Blob> {
    const { width, height } = this.view.size;
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    this.renderer.buffers.setMarked(Uint32Array.from(this.marked));
    const image = this.renderer.picture(this.scene(scale, performance.now(), this.marked.length), w, h);
    const canvas = new OffscreenCanvas(w, h);
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    return canvas.convertToBlob({ type: 'image/png' });
  }

  destroy(): void {
    this.settle();
    this.ends.abort();
    this.gestures.end();
    this.resizes.disconnect();
    this.overlay.remove();
    this.listeners.clear();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = -1;
    this.renderer.free();
    setTimeout(() => {
      if (!this.canvas.isConnected) this.gl.getExtension('WEBGL_lose_context')?.loseContext();
    });
  }

  private scene(pixelRatio: number, now: number, marked: number): Scene {
    const { store, view, visible, selected } = this;
    if (this.order === undefined) {
      this.sorted ??= drawOrder(store.count, store.sized && !this.growing ? store.sizes : undefined, visible);
      this.order = selected === undefined ? this.sorted : raiseSelected(this.sorted, selected);
      if (this.order.points !== undefined) this.renderer.buffers.setOrder(this.order.points);
    }
    const { points, count, firstVisible, firstSelected } = this.order;
    const [small, large] = this.pointSize;
    const plain = small + 0.2 * (large - small);
    const computeStyle = (drawn: number): { factor: number; crowd: number } => {
      const factor = this.computeFactor(drawn);
      return {
        factor,
        crowd: this.opacity ?? crowdOpacity(drawn, view.size, view.camera.zoom, factor * plain),
      };
    };
    const { factor, crowd } = computeStyle(this.growing ? this.total : count - firstVisible);
    const ghost = computeStyle(count);
    const computeRange = (by: number): [number, number] => [small * by * pixelRatio, large * by * pixelRatio];
    return {
      projection: view.projection,
      glide: this.share(now),
      order: { count, firstVisible, firstSelected, listed: points !== undefined },
      range: computeRange(factor),
      opacity: [crowd, store.sized && this.opacity === undefined ? Math.max(crowd, 0.85) : crowd],
      ghost: { range: computeRange(ghost.factor), opacity: ghostOpacity(ghost.crowd) },
      background: this.background,
      ink: this.ink,
      marked,
      ramp: this.ramp,
    };
  }

  private searched(): Searched & { reach(point: number, least?: number): number } {
    const { store } = this;
    const factor = this.computeFactor(
      this.order === undefined ? store.count : this.order.count - this.order.firstVisible,
    );
    const [small, large] = this.pointSize;
    const reach = (point: number, least = REACH_PX): number =>
      Math.max(least, 0.5 * factor * (small + (store.sizes[point]! / 255) * (large - small)));
    return {
      positions: store.positions,
      count: store.count,
      visible: this.visible,
      reach,
      farthest: Math.max(REACH_PX, 0.5 * factor * large),
    };
  }

  /** Returns the factor on the diameters for a number of points. */
  private computeFactor(points: number): number {
    return this.options.adaptiveSize === false
      ? 1
      : sizeFactor(points, this.view.size, this.view.camera.zoom);
  }

  private gestureTarget(): GestureTarget {
    const steer = (camera: Camera): void => {
      this.view.steer(camera);
      this.listeners.tell('camera', camera);
      this.invalidate();
    };
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const plot = this;
    return {
      dimensions: this.options.dimensions,
      get mode() {
        return plot.mode;
      },
      get camera() {
        return plot.view.camera;
      },
      get projection() {
        return plot.view.projection;
      },
      steer,
      fit: () => {
        this.fit();
      },
      hover: (at) => {
        this.hoverAt = at;
        if (at === undefined) this.tellHover(-1);
        else this.ask();
      },
      click: ({ x, y }, { shiftKey, metaKey, ctrlKey }) => {
        this.listeners.tell('click', { point: this.pick(x, y), x, y, shiftKey, metaKey: metaKey || ctrlKey });
      },
      hit: ({ x, y }) => this.pick(x, y) !== -1,
      outline: (polygon) => {
        this.overlay.showOutline(polygon);
      },
      closed: (polygon, mode) => {
        const outline = computeOutline(this.view.projection, polygon);
        const mask =
          outline === undefined ? this.inside(polygon) : this.locator.within(outline, this.searched());
        this.listeners.tell('select', { mask, count: countBits(mask), mode, outline });
      },
    };
  }

  private tellHover(point: number): void {
    if (point === this.hovered) return;
    this.hovered = point;
    const at = point === -1 ? this.hoverAt : this.project(this.getPlace(point));
    this.listeners.tell('hover', { point, x: at?.x ?? 0, y: at?.y ?? 0 });
  }

  /** Rings are on the overlay, so that a hover redraws no points. */
  private showRings(now: number): void {
    const searched = this.searched();
    this.overlay.showRings(
      this.marked.map((point) => ({
        ...this.project(this.getPlace(point, this.share(now))),
        radius: searched.reach(point, 0) + 3,
      })),
    );
  }

  /** Returns the eased progress of the animation. */
  private share(now: number): number {
    return this.glide === undefined ? 1 : easeInOut((now - this.glide.start) / this.glide.durationMs);
  }

  private getPlace(point: number, share = 1): Point3 {
    const d = this.options.dimensions;
    const at = (axis: number): number =>
      mix(this.glide?.before[d * point + axis] ?? 0, this.store.positions[d * point + axis]!, share);
    return { x: at(0), y: at(1), z: d === 3 ? at(2) : 0 };
  }

  private computeFrame(points: readonly number[]): Frame {
    const places = points.map((point) => this.getPlace(point));
    const bounds = new Bounds();
    (['x', 'y', 'z'] as const).forEach((axis, i) => {
      bounds.add(
        i,
        places.map((place) => place[axis]),
      );
    });
    return bounds.frame();
  }

  private grow({ x, y, z }: Columns): void {
    this.bounds.add(0, x);
    this.bounds.add(1, y);
    this.bounds.add(2, this.options.dimensions === 3 && z !== undefined ? z : [0]);
  }

  private motionMs(ms: number): number {
    return this.calm.matches || this.store.count === 0 ? 0 : ms;
  }

  private upload(changed: Changed, send: (changed: Changed) => void): boolean {
    if (changed.end <= changed.first) return false;
    send(changed);
    return true;
  }

  /** Points, their sizes or what is shown of them have changed. */
  private forgetOrder(): void {
    [this.sorted, this.order] = [undefined, undefined];
  }

  private reorder(aside = false): void {
    this.forgetOrder();
    if (aside) this.renew();
    else this.invalidate();
  }

  private moved(): void {
    this.locator.forget();
    this.reorder();
  }

  private get growing(): boolean {
    return this.total > 0;
  }

  /**
   * All points that come in parts are on the canvas: draws them once more in their order, or is done with
   * that.
   */
  private settleOrder(): void {
    if (!this.growing) {
      this.renderer.endGrowth();
      return;
    }
    this.total = 0;
    this.reorder(true);
  }

  /**
   * Redraws everything, many points off-screen. Points that still arrive in parts are redrawn once all are
   * there.
   */
  private renew(): void {
    if (this.growing) return;
    this.revision++;
    if (this.store.count < MANY) {
      this.invalidate();
      return;
    }
    this.unfinished = true;
    this.ask();
  }

  /** Ends a glide where it is to end. */
  private settle(): void {
    if (this.glide === undefined) return;
    const { done } = this.glide;
    this.glide = undefined;
    this.renderer.buffers.endGlide();
    done();
  }

  private invalidate(): void {
    this.due = true;
    this.ask();
  }

  private ask(): void {
    this.frame ??= requestAnimationFrame((now) => {
      this.tick(now);
    });
  }

  private tick(now: number): void {
    this.frame = undefined;
    if (this.view.advance(now)) {
      this.listeners.tell('camera', this.view.camera);
      this.due = true;
    }
    if (this.glide !== undefined) {
      if (now - this.glide.start >= this.glide.durationMs) this.settle();
      this.due = true;
    }
    const isAside = !this.due && this.unfinished && this.ramp === undefined;
    if ((this.due || this.unfinished) && this.renderer.busy && now - this.drawnAt < LONGEST_WAIT_MS)
      this.ask();
    else if (isAside) this.step();
    else if (this.due || this.unfinished) this.draw();
    if (this.unfinished && this.view.size.width > 0) this.ask();
    this.seek();
    if (this.view.moving || this.glide !== undefined) this.invalidate();
  }

  /** Reports the point under the pointer once it can be found quickly. */
  private seek(): void {
    if (this.hoverAt === undefined || this.glide !== undefined) return;
    if (this.locator.prepare(this.view.projection, this.searched()))
      this.tellHover(this.pick(this.hoverAt.x, this.hoverAt.y));
    else this.ask();
  }

  private fitCanvas(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = devicePixelRatio;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    const { size } = this.view;
    this.overlay.follow();
    if (size.width === width && size.height === height && this.canvas.width === w && this.canvas.height === h)
      return;
    const first = size.width === 0;
    this.view.size = { ...size, width, height };
    if (this.canvas.width !== w || this.canvas.height !== h)
      Object.assign(this.canvas, { width: w, height: h });
    if (first) this.invalidate();
    else if (this.store.count < MANY || this.growing || this.ramp !== undefined) this.draw();
    else if (this.isDrawable) {
      // The topmost of many points at once, and all of them aside.
      this.paint(TOP);
      this.renew();
    }
  }

  private restore(): void {
    this.settle();
    this.renderer = new Renderer(this.gl, this.options.capacity, this.options.dimensions);
    this.send(0, this.store.count);
    this.reorder();
  }

  /** Gives the points [first, end) to the graphics side. */
  private send(first: number, end: number): void {
    const {
      store,
      renderer: { buffers },
      options: { dimensions },
    } = this;
    buffers.setPositions(first, store.positions.subarray(dimensions * first, dimensions * end));
    buffers.setColors(first, store.colors.subarray(first, end));
    buffers.setSizes(first, store.sizes.subarray(first, end));
  }
}

function toCss(color: Rgb): string {
  return `rgb(${color.map((value) => Math.round(255 * value)).join(' ')})`;
}
