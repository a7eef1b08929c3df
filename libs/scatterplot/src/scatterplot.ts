/** Edges of the canvas that something else covers, in CSS pixels. */
export interface Padding {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A place in the data's own units. */
export interface Point3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** What the eye looks at; plain numbers, so that it fits into a link. */
export interface Camera {
  /** Middle of the view, in the data's units. */
  readonly center: Point3;
  /** How much larger than in the view that shows everything. */
  readonly zoom: number;
  /** Angles in radians; both 0 in two dimensions. */
  readonly azimuth: number;
  readonly elevation: number;
}

export interface ScatterplotOptions {
  readonly canvas: HTMLCanvasElement;
  /**
   * Points at most; memory for them is taken at once: in 2-D 13 bytes a point on the graphics side (21 once
   * points have glided), and as much beside it.
   */
  readonly capacity: number;
  readonly dimensions: 2 | 3;
  /** Colour behind the points, as CSS. */
  readonly background: string;
  /** Diameter of the smallest and of the largest point in CSS pixels at zoom 1. */
  readonly pointSize?: readonly [number, number];
  /** Whether points grow with the zoom and shrink where they crowd; true when left out. */
  readonly adaptiveSize?: boolean;
  /**
   * Colour of rings and of the lasso, as CSS; left out: black or white, whichever the background lets be
   * seen.
   */
  readonly ink?: string;
}

export interface ScatterplotEvents {
  /**
   * Another point is under the pointer, −1 for none; x and y are its place, or the pointer's, in CSS pixels
   * of the canvas. At most once a frame, never while points glide.
   */
  readonly hover: { readonly point: number; readonly x: number; readonly y: number };
  /** A click or tap; point −1 beside all points. */
  readonly click: {
    readonly point: number;
    readonly x: number;
    readonly y: number;
    readonly shiftKey: boolean;
    readonly metaKey: boolean;
  };
  /**
   * A lasso or rectangle was closed: one bit a point, the lowest bit first. `mode` follows the keys: replace,
   * add (shift), remove (alt). `outline` is its polygon in the data's units, float32 [corners, 2], for
   * `pointsWithin`; there is none in three dimensions.
   */
  readonly select: {
    readonly mask: Uint8Array;
    readonly count: number;
    readonly mode: 'replace' | 'add' | 'remove';
    readonly outline: Float32Array | undefined;
  };
  /** The user, `fit` or `zoomTo` moved the view; not told when `camera` is set. */
  readonly camera: Camera;
  /** A frame was drawn; the time is what the processor spent on it, and so many of the points are in it. */
  readonly frame: { readonly milliseconds: number; readonly points: number };
}

/**
 * A part of points that come bit by bit: float32 [n] each, `z` only in three dimensions, and of each point
 * its colour and its size as `setColors` and `setSizes` take them.
 */
export interface Part {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z?: Float32Array | undefined;
  readonly colors: Uint8Array;
  readonly palette: Uint8Array;
  readonly sizes: Uint8Array | undefined;
}

/**
 * Points drawn by WebGL 2. A point is known by its position in the order of arrival, from 0. All arrays are
 * in that order.
 */
export interface Scatterplot {
  readonly count: number;
  /**
   * Adds points behind those that are there and draws them; float32 [n] each, `z` only in three dimensions.
   */
  append(x: Float32Array, y: Float32Array, z?: Float32Array): void;
  /**
   * Adds a part of `total` points. Each is drawn once, onto a picture of those before it that is made aside,
   * so that a slow card holds up neither the next part nor the page; when all have come they are drawn anew
   * in their order.
   */
  extend(part: Part, total: number): void;
  /**
   * Lets all points glide to new places, float32 [count] each; 0 ms jumps, and so does a user's wish for
   * reduced motion. A later call begins where the points are then. The view stays as it is unless the points
   * leave it. Resolves when the points are there or another call took over.
   */
  moveTo(
    coordinates: { readonly x: Float32Array; readonly y: Float32Array; readonly z?: Float32Array },
    durationMs: number,
  ): Promise<void>;
  /**
   * Colour of every point as a position 0 to 255 in the palette, RGBA [256 × 4]; alpha is a factor on the
   * opacity. Only what differs is sent to the card.
   */
  setColors(codes: Uint8Array, palette: Uint8Array): void;
  /**
   * Size of every point, 0 to 255 from the smallest to the largest; `undefined` for all alike, a fifth of the
   * way. Larger points lie on top.
   */
  setSizes(codes: Uint8Array | undefined): void;
  setPointSize(range: readonly [number, number]): void;
  /** Opacity 0 to 1 of all points; `undefined` follows how crowded the view is. */
  setOpacity(opacity: number | undefined): void;
  setBackground(css: string): void;
  /**
   * Points that are shown, one bit a point; `undefined` for all. Others stay as a ghost of a tenth of their
   * opacity, below the shown ones, and are not found.
   */
  setVisible(mask: Uint8Array | undefined): void;
  /** Points that stand out while all others are faint; `undefined` for no difference. */
  setSelected(mask: Uint8Array | undefined): void;
  /**
   * Points with a ring around them, such as the hovered one and the results of a search; no point is drawn
   * anew for it.
   */
  setMarked(points: readonly number[]): void;
  /**
   * Draws the density of the shown (and, if there are any, selected) points instead of them, in two
   * dimensions; `ramp` are its colours from sparse to dense, RGBA [256 × 4].
   */
  setDensity(on: boolean, ramp?: Uint8Array): void;
  setMode(mode: 'pan' | 'lasso' | 'rectangle'): void;
  /**
   * Edges of the canvas that are covered, in CSS pixels: the view of everything and the centre of the camera
   * lie between them.
   */
  setPadding(padding: Padding): void;
  camera: Camera;
  /** Whether the view shows everything because nobody has moved it since. */
  readonly isFitted: boolean;
  /** Shows everything. */
  fit(): void;
  /** Brings points into view. */
  zoomTo(points: readonly number[]): void;
  /**
   * The shown point nearest to a place of the canvas in CSS pixels, within its own radius or 8 pixels; −1 for
   * none.
   */
  pick(x: number, y: number): number;
  /**
   * Shown points within a polygon of the canvas, CSS pixels, flat [x0, y0, x1, y1, …], one bit a point; where
   * it crosses itself, the even–odd rule holds.
   */
  inside(polygon: ArrayLike<number>): Uint8Array;
  /** Where a place of the data lies on the canvas, in CSS pixels; NaN behind the eye. */
  project(place: Point3): { readonly x: number; readonly y: number };
  on<E extends keyof ScatterplotEvents>(
    event: E,
    listener: (detail: ScatterplotEvents[E]) => void,
  ): () => void;
  /** Draws now what is due, instead of with the next frame. */
  draw(): void;
  /** The view as a PNG, `scale` pixels for each CSS pixel; throws `exhausted` IMAGE_TOO_LARGE. */
  toImage(scale: number): Promise<Blob>;
  /** Stops listening and gives all memory back, the context too once the canvas has left the document. */
  destroy(): void;
}
