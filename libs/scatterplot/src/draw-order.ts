/** In which order points are drawn; what is drawn last lies on top. */
export interface DrawOrder {
  /** Points to draw, uint32; undefined for all of them as they came. */
  readonly points: Uint32Array | undefined;
  /** How many points are drawn. */
  readonly count: number;
  /** The first of those that stand out; all before it are faint. Equals `count` when there are none, 0 when nothing is faint. */
  readonly firstSelected: number;
}

const bit = (mask: Uint8Array, i: number): number => mask[i >> 3]! >> (i & 7) & 1;

/**
 * Leaves out points that are not visible and sorts the others: faint ones first, then by size so that large points lie on top; equal ones as they came.
 * A counting sort, O(n); masks have one bit a point.
 */
export function drawOrder(n: number, sizes: Uint8Array | undefined, visible: Uint8Array | undefined, selected: Uint8Array | undefined): DrawOrder {
  if (sizes === undefined && visible === undefined && selected === undefined) return { points: undefined, count: n, firstSelected: 0 };
  const starts = new Uint32Array(513);
  for (let i = 0; i < n; i++) {
    if (visible !== undefined && bit(visible, i) === 0) continue;
    starts[(selected === undefined ? 0 : bit(selected, i) << 8) + (sizes === undefined ? 0 : sizes[i]!) + 1]!++;
  }
  for (let bucket = 0; bucket < 512; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const [count, firstSelected] = [starts[512]!, selected === undefined ? 0 : starts[256]!];
  const points = new Uint32Array(count);
  for (let i = 0; i < n; i++) {
    if (visible !== undefined && bit(visible, i) === 0) continue;
    points[starts[(selected === undefined ? 0 : bit(selected, i) << 8) + (sizes === undefined ? 0 : sizes[i]!)]!++] = i;
  }
  return { points, count, firstSelected };
}
