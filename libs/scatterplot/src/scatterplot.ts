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

/** View of the camera; plain numbers, so that it fits into a link. */
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
   * Maximum number of points. Their memory is allocated at once: in 2-D 13 bytes per point on the GPU (21
   * once points have been animated), and as much in JavaScript.
   */
  readonly capacity: number;
  readonly dimensions: 2 | 3;
  /** Colour behind the points, as CSS. */
  readonly background: string;
  /** Diameter of the smallest and of the largest point in CSS pixels at zoom 1. */
  readonly pointSize?: readonly [number, number];
  /** If true, points grow with the zoom and shrink where they are crowded. Default: true. */
  readonly adaptiveSize?: boolean;
  /** Colour of rings and of the lasso, as CSS. Default: black or white, by contrast with the background. */
  readonly ink?: string;
}

export interface ScatterplotEvents {
  /**
   * Another point is under the pointer, −1 for none; x and y are its place, or the pointer's, in CSS pixels
   * of the canvas. At most once a frame, never while points glide.
   */
  readonly hover: { readonly point: number; readonly x: number; readonly y: number };
  /** A click or tap; point −1 if no point was hit. */
  readonly click: {
    readonly point: number;
    readonly x: number;
    readonly y: number;
    readonly shiftKey: boolean;
    readonly metaKey: boolean;
  };
  /**
   * A lasso or rectangle was closed. The mask has one bit per point, lowest bit first. `mode` follows the
   * keys: replace, add (shift), remove (alt). `outline` is its polygon in the data's units, float32 [corners,
   * 2], for `pointsWithin`; absent in three dimensions.
   */
  readonly select: {
    readonly mask: Uint8Array;
    readonly count: number;
    readonly mode: 'replace' | 'add' | 'remove';
    readonly outline: Float32Array | undefined;
  };
  /** The user, `fit` or `zoomTo` moved the view. Not emitted when `camera` is set. */
  readonly camera: Camera;
  /** A frame was drawn, with its CPU time and its number of points. */
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
 * A WebGL 2 scatterplot. Points are identified by their order of arrival, starting at 0. All arrays are in
 * that order.
 */
export interface Scatterplot {
  readonly count: number;
  /** Appends points and draws them; float32 [n] each, `z` only in three dimensions. */
  append(x: Float32Array, y: Float32Array, z?: Float32Array): void;
  /**
   * Appends a part of `total` points. Each point is drawn once, onto an off-screen picture of the earlier
   * ones, so that a slow GPU delays neither the next part nor the page. Once all points have arrived, they
   * are drawn again in their order.
   */
  extend(part: Part, total: number): void;
  /**
   * Animates all points to new positions, float32 [count] each. 0 ms, or a user's preference for reduced
   * motion, jumps. A later call starts at the current positions. The view does not change unless the points
   * leave it. Resolves when the points arrive or another call takes over.
   */
  moveTo(
    coordinates: { readonly x: Float32Array; readonly y: Float32Array; readonly z?: Float32Array },
    durationMs: number,
  ): Promise<void>;
  /**
   * Sets the colour of every point as an index 0 to 255 into the palette, RGBA [256 × 4]. Alpha is a factor
   * on the opacity. Sends only changes to the GPU.
   */
  setColors(codes: Uint8Array, palette: Uint8Array): void;
  /**
   * Sets the size of every point, 0 to 255 from the smallest to the largest; `undefined` for equal sizes, a
   * fifth of the range. Larger points are on top.
   */
  setSizes(codes: Uint8Array | undefined): void;
  setPointSize(range: readonly [number, number]): void;
  /** Opacity 0 to 1 of all points; `undefined` follows how crowded the view is. */
  setOpacity(opacity: number | undefined): void;
  setBackground(css: string): void;
  /**
   * Sets the visible points, one bit per point; `undefined` for all. Other points stay with a tenth of their
   * opacity, below the visible ones, and cannot be picked. The caller does not change the mask afterwards; a mask
   * with the same points is not drawn again.
   */
  setVisible(mask: Uint8Array | undefined): void;
  /** Sets the highlighted points, while all others are faint; `undefined` for no highlight. As `setVisible`. */
  setSelected(mask: Uint8Array | undefined): void;
  /** Sets the points with a ring, such as the hovered one and search results. Does not redraw points. */
  setMarked(points: readonly number[]): void;
  /**
   * Draws the density of the shown (and, if there are any, selected) points instead of them, in two
   * dimensions; `ramp` are its colours from sparse to dense, RGBA [256 × 4].
   */
  setDensity(on: boolean, ramp?: Uint8Array): void;
  setMode(mode: 'pan' | 'lasso' | 'rectangle'): void;
  /**
   * Sets the covered edges of the canvas in CSS pixels. The fitted view and the centre of the camera stay
   * between them.
   */
  setPadding(padding: Padding): void;
  camera: Camera;
  /** True if the view shows everything and was not moved since. */
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
  /** Returns the position of a data point on the canvas in CSS pixels; NaN behind the camera. */
  project(place: Point3): { readonly x: number; readonly y: number };
  on<E extends keyof ScatterplotEvents>(
    event: E,
    listener: (detail: ScatterplotEvents[E]) => void,
  ): () => void;
  /** Draws pending changes now instead of with the next frame. */
  draw(): void;
  /** The view as a PNG, `scale` pixels for each CSS pixel; throws `exhausted` IMAGE_TOO_LARGE. */
  toImage(scale: number): Promise<Blob>;
  /** Stops listening and gives all memory back, the context too once the canvas has left the document. */
  destroy(): void;
}
