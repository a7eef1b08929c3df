import { orbited, panned, zoomedAt } from './camera.js';
import { Outline, type SelectMode, selectMode } from './lasso.js';
import type { Projection } from './projection.js';
import type { Camera } from './scatterplot.js';

/** Target of the gestures. */
export interface GestureTarget {
  readonly dimensions: 2 | 3;
  readonly mode: 'pan' | 'lasso' | 'rectangle';
  readonly camera: Camera;
  readonly projection: Projection;
  steer(camera: Camera): void;
  fit(): void;
  /** The pointer rests or moves without a button; undefined when it left. */
  hover(at: Place | undefined): void;
  click(at: Place, event: MouseEvent): void;
  /** True if there is a point at the position. */
  hit(at: Place): boolean;
  outline(polygon: readonly number[] | undefined): void;
  closed(polygon: readonly number[], mode: SelectMode): void;
}

/** A place of the canvas in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

const CLICK_PX = 4;
const WHEEL_LINE_PX = 16;
const ZOOM_A_PIXEL = 0.0016;
const TURN_A_PIXEL = 0.008;
const KEY_STEP = 0.08;
const KEY_TURN = Math.PI / 24;

/**
 * Turns pointer, wheel and keyboard events of a canvas into motions of the camera, clicks, hovers and
 * outlines.
 */
export class Gestures {
  private readonly pointers = new Map<number, Place>();
  private readonly ends = new AbortController();
  private outline: Outline | undefined;
  private moved = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly target: GestureTarget,
  ) {
    canvas.style.touchAction = 'none';
    if (!canvas.hasAttribute('tabindex')) canvas.tabIndex = 0;
    const on = <E extends keyof HTMLElementEventMap>(
      type: E,
      listener: (event: HTMLElementEventMap[E]) => void,
      passive = true,
    ): void => {
      canvas.addEventListener(type, listener, { signal: this.ends.signal, passive });
    };
    on('pointerdown', (event) => {
      this.down(event);
    });
    on('pointermove', (event) => {
      this.move(event);
    });
    on('pointerup', (event) => {
      this.up(event);
    });
    on('pointercancel', (event) => {
      this.cancel(event);
    });
    on('pointerleave', () => {
      target.hover(undefined);
    });
    on(
      'wheel',
      (event) => {
        this.wheel(event);
      },
      false,
    );
    on(
      'keydown',
      (event) => {
        this.key(event);
      },
      false,
    );
    on('dblclick', (event) => {
      if (!target.hit(this.place(event))) target.fit();
    });
  }

  end(): void {
    this.ends.abort();
  }

  private place(event: MouseEvent): Place {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private down(event: PointerEvent): void {
    if (event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    const place = this.place(event);
    this.pointers.set(event.pointerId, place);
    if (this.pointers.size > 1) return this.abort();
    this.moved = 0;
    const { mode, dimensions } = this.target;
    const kind = mode !== 'pan' ? mode : event.shiftKey && dimensions === 2 ? 'lasso' : undefined;
    this.outline = kind === undefined || event.button === 1 ? undefined : new Outline(kind, place.x, place.y);
  }

  private move(event: PointerEvent): void {
    const place = this.place(event);
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return this.target.hover(place);
    this.moved += Math.hypot(place.x - before.x, place.y - before.y);
    if (this.moved <= CLICK_PX && this.pointers.size === 1) return;
    this.target.hover(undefined);
    if (this.outline !== undefined) this.target.outline(this.outline.extend(place.x, place.y));
    else if (this.pointers.size > 1) this.pinch(event.pointerId, before, place);
    else this.drag(place.x - before.x, place.y - before.y, event.shiftKey || event.buttons === 4);
    this.pointers.set(event.pointerId, place);
  }

  private up(event: PointerEvent): void {
    if (!this.pointers.delete(event.pointerId)) return;
    const place = this.place(event);
    const outline = this.outline;
    const alone = this.pointers.size === 0;
    this.abort();
    if (alone && this.moved <= CLICK_PX && event.button === 0) this.target.click(place, event);
    else if (outline !== undefined) this.target.closed(outline.extend(place.x, place.y), selectMode(event));
    if (alone && event.pointerType === 'mouse') this.target.hover(place);
  }

  private cancel(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    this.abort();
  }

  private abort(): void {
    this.outline = undefined;
    this.target.outline(undefined);
  }

  private drag(dx: number, dy: number, shifted: boolean): void {
    const { camera, projection, dimensions } = this.target;
    this.target.steer(
      dimensions === 3 && !shifted
        ? orbited(camera, dx * TURN_A_PIXEL, dy * TURN_A_PIXEL)
        : panned(camera, projection, dx, dy),
    );
  }

  private pinch(id: number, before: Place, place: Place): void {
    const other = [...this.pointers].find(([key]) => key !== id)![1];
    const distance = (a: Place): number => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    const middle = { x: (place.x + other.x) / 2, y: (place.y + other.y) / 2 };
    this.target.steer(
      panned(this.target.camera, this.target.projection, (place.x - before.x) / 2, (place.y - before.y) / 2),
    );
    this.target.steer(
      zoomedAt(
        this.target.camera,
        this.target.projection,
        distance(place) / distance(before),
        middle.x,
        middle.y,
      ),
    );
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels =
      event.deltaY *
      (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE_PX : 1) *
      (event.ctrlKey ? 5 : 1);
    const { x, y } = this.place(event);
    this.target.steer(
      zoomedAt(
        this.target.camera,
        this.target.projection,
        Math.exp(-Math.max(-400, Math.min(400, pixels)) * ZOOM_A_PIXEL),
        x,
        y,
      ),
    );
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { camera, projection: p, dimensions } = this.target;
    const turn = dimensions === 3 && !event.shiftKey;
    const go = (x: number, y: number): Camera =>
      turn
        ? orbited(camera, x * KEY_TURN, y * KEY_TURN)
        : panned(camera, p, -x * KEY_STEP * p.width, -y * KEY_STEP * p.height);
    const zoom = (factor: number): Camera => zoomedAt(camera, p, factor, p.middle.x, p.middle.y);
    const steps: Readonly<Record<string, () => Camera>> = {
      ArrowLeft: () => go(-1, 0),
      ArrowRight: () => go(1, 0),
      ArrowUp: () => go(0, -1),
      ArrowDown: () => go(0, 1),
      '+': () => zoom(1.25),
      '=': () => zoom(1.25),
      '-': () => zoom(0.8),
      _: () => zoom(0.8),
    };
    const step = steps[event.key];
    if (step !== undefined) this.target.steer(step());
    else if (event.key === '0') this.target.fit();
    else if (event.key === 'Escape' && this.outline !== undefined) this.dropOutline();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Esc while drawing an outline: releasing the button selects nothing. */
  private dropOutline(): void {
    this.pointers.clear();
    this.abort();
  }
}
