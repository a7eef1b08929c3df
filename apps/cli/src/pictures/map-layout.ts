/** The points of a map with what they are drawn by; all arrays have one entry a sample. */
export interface MapData {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Loss of every sample; 0 for a sample without a loss. */
  readonly loss: Float32Array;
  /** Class of the ground truth; -1 without one. */
  readonly label: Int32Array;
  /** Class that the model predicts. */
  readonly predicted: Int32Array;
  readonly classNames: readonly string[];
}

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Places map coordinates in the frame: same scale on both axes, centred, y upwards. */
export function fit({ x, y }: MapData, frame: Frame): (row: number) => readonly [number, number] {
  const [left, right, bottom, top] = [...extent(x), ...extent(y)] as const;
  const scale = Math.min(frame.width / (right - left || 1), frame.height / (top - bottom || 1));
  const dx = frame.left + (frame.width - (right - left) * scale) / 2;
  const dy = frame.top + (frame.height - (top - bottom) * scale) / 2;
  return (row) => [dx + (x[row]! - left) * scale, dy + (top - y[row]!) * scale];
}

function extent(values: Float32Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return [low, high];
}

/** Where the name of each class belongs: the median of its points, which stays inside its largest cluster. */
export function classAnchors(
  data: MapData,
  place: (row: number) => readonly [number, number],
): { readonly name: string; readonly index: number; readonly at: readonly [number, number] }[] {
  return data.classNames.flatMap((name, index) => {
    const rows = Array.from(data.label.keys()).filter((row) => data.label[row] === index);
    if (rows.length === 0) return [];
    const points = rows.map(place);
    return [
      { name, index, at: [median(points.map(([px]) => px)), median(points.map(([, py]) => py))] as const },
    ];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Rows in the order in which they are drawn: the highest loss last, on top. */
export const drawingOrder = (loss: Float32Array): number[] =>
  Array.from(loss.keys()).sort((a, b) => loss[a]! - loss[b]! || a - b);
