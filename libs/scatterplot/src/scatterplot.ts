/** A place in the data's own units. */
export interface Point3 { readonly x: number; readonly y: number; readonly z: number }

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
  /** Points at most; memory for them is taken at once: 2-D 20 bytes a point on the graphics side. */
  readonly capacity: number;
  readonly dimensions: 2 | 3;
  /** Colour behind the points, as CSS. */
  readonly background: string;
  /** Diameter of the smallest and of the largest point in CSS pixels at zoom 1. */
  readonly pointSize?: readonly [number, number];
}

export interface ScatterplotEvents {
  /** The point under the pointer, −1 for none; at most once a frame. */
  readonly hover: { readonly point: number; readonly x: number; readonly y: number };
  readonly click: { readonly point: number; readonly shiftKey: boolean; readonly metaKey: boolean };
  /** A lasso or rectangle was closed: one bit a point, the lowest bit first. `mode` follows the keys: replace, add (shift), remove (alt). */
  readonly select: { readonly mask: Uint8Array; readonly count: number; readonly mode: 'replace' | 'add' | 'remove' };
  readonly camera: Camera;
  /** A frame was drawn. */
  readonly frame: { readonly milliseconds: number };
}

/** Points drawn by WebGL 2. A point is known by its position in the order of arrival, from 0. All arrays are in that order. */
export interface Scatterplot {
  readonly count: number;
  /** Adds points behind those that are there and draws them; float32 [n] each, `z` only in three dimensions. */
  append(x: Float32Array, y: Float32Array, z?: Float32Array): void;
  /** Lets all points glide to new places, float32 [count] each; 0 ms jumps. A later call begins where the points are then. */
  moveTo(coordinates: { readonly x: Float32Array; readonly y: Float32Array; readonly z?: Float32Array }, durationMs: number): Promise<void>;
  /** Colour of every point as a position 0 to 255 in the palette, RGBA [256 × 4]. */
  setColors(codes: Uint8Array, palette: Uint8Array): void;
  /** Size of every point, 0 to 255 from the smallest to the largest; `undefined` for all alike. */
  setSizes(codes: Uint8Array | undefined): void;
  setPointSize(range: readonly [number, number]): void;
  setBackground(css: string): void;
  /** Points that are shown, one bit a point; `undefined` for all. Others are neither drawn nor found. */
  setVisible(mask: Uint8Array | undefined): void;
  /** Points that stand out while all others are faint; `undefined` for no difference. */
  setSelected(mask: Uint8Array | undefined): void;
  /** Points with a ring around them, such as the hovered one and the results of a search. */
  setMarked(points: readonly number[]): void;
  /** Draws density instead of points. */
  setDensity(on: boolean): void;
  setMode(mode: 'pan' | 'lasso' | 'rectangle'): void;
  camera: Camera;
  /** Shows everything. */
  fit(): void;
  /** Brings points into view. */
  zoomTo(points: readonly number[]): void;
  /** The shown point nearest to a place of the canvas in CSS pixels within reach; −1 for none. */
  pick(x: number, y: number): number;
  /** Points within a polygon of the canvas, CSS pixels, flat [x0, y0, x1, y1, …], one bit a point. */
  inside(polygon: ArrayLike<number>): Uint8Array;
  /** Where a place of the data lies on the canvas, in CSS pixels. */
  project(place: Point3): { readonly x: number; readonly y: number };
  on<E extends keyof ScatterplotEvents>(event: E, listener: (detail: ScatterplotEvents[E]) => void): () => void;
  /** The view as a picture, `scale` times as fine as the screen. */
  toImage(scale: number): Promise<Blob>;
  destroy(): void;
}
