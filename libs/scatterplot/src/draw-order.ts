/** Order in which points are drawn; later points are on top. */
export interface DrawOrder {
  /** Points in the order of drawing, uint32; undefined for all of them as they came. */
  readonly points: Uint32Array | undefined;
  /** Number of points to draw, including filtered ones. */
  readonly count: number;
  /** The first of the visible ones; all before it are ghosts. */
  readonly firstVisible: number;
  /**
   * Index of the first highlighted point. Points between `firstVisible` and it are faint. Equals `count` if
   * there are none, `firstVisible` if no point is faint.
   */
  readonly firstSelected: number;
}

const bit = (mask: Uint8Array, i: number): number => (mask[i >> 3]! >> (i & 7)) & 1;

/** Buckets: ghosts, then visible points by size. */
const BUCKETS = 257;
const VISIBLE = 1;

/**
 * Sorts points: filtered ones first, then by size, so that large points are on top; equal ones in the order of
 * arrival. A counting sort, O(n). The mask has one bit per point.
 */
export function drawOrder(
  n: number,
  sizes: Uint8Array | undefined,
  visible: Uint8Array | undefined,
): DrawOrder {
  if (sizes === undefined && visible === undefined)
    return { points: undefined, count: n, firstVisible: 0, firstSelected: 0 };
  const toBucket = (i: number): number => {
    if (visible !== undefined && bit(visible, i) === 0) return 0;
    return VISIBLE + (sizes === undefined ? 0 : sizes[i]!);
  };
  const starts = new Uint32Array(BUCKETS + 1);
  for (let i = 0; i < n; i++) starts[toBucket(i) + 1]!++;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const firstVisible = starts[VISIBLE]!;
  const points = new Uint32Array(n);
  for (let i = 0; i < n; i++) points[starts[toBucket(i)]!++] = i;
  return { points, count: n, firstVisible, firstSelected: firstVisible };
}

/** Moves the selected ones of the visible points behind the others, which are faint then; each keep their order. */
export function raiseSelected(
  { points: before, count, firstVisible }: DrawOrder,
  selected: Uint8Array,
): DrawOrder {
  const points = new Uint32Array(count);
  if (before !== undefined) points.set(before.subarray(0, firstVisible));
  const raised = new Uint32Array(count - firstVisible);
  let faint = firstVisible;
  let high = 0;
  // Each point is written to both; only one of them goes on, without a branch that a processor has to guess.
  for (let i = firstVisible; i < count; i++) {
    const point = before === undefined ? i : before[i]!;
    points[faint] = point;
    raised[high] = point;
    const isSelected = bit(selected, point);
    high += isSelected;
    faint += 1 - isSelected;
  }
  points.set(raised.subarray(0, high), faint);
  return { points, count, firstVisible, firstSelected: faint };
}
