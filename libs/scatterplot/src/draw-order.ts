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

/** Buckets: ghosts, then faint points by size, then selected ones by size. */
const BUCKETS = 513;
const FAINT = 1;
const SELECTED = 257;

/**
 * Sorts points: filtered ones first, then faint ones, then by size, so that large points are on top; equal
 * ones in the order of arrival. A counting sort, O(n). Masks have one bit per point.
 */
export function drawOrder(
  n: number,
  sizes: Uint8Array | undefined,
  visible: Uint8Array | undefined,
  selected: Uint8Array | undefined,
): DrawOrder {
  if (sizes === undefined && visible === undefined && selected === undefined)
    return { points: undefined, count: n, firstVisible: 0, firstSelected: 0 };
  const bucketOf = (i: number): number => {
    if (visible !== undefined && bit(visible, i) === 0) return 0;
    return (
      (selected === undefined || bit(selected, i) === 0 ? FAINT : SELECTED) +
      (sizes === undefined ? 0 : sizes[i]!)
    );
  };
  const starts = new Uint32Array(BUCKETS + 1);
  for (let i = 0; i < n; i++) starts[bucketOf(i) + 1]!++;
  for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
  const [firstVisible, firstSelected] = [starts[FAINT]!, starts[selected === undefined ? FAINT : SELECTED]!];
  const points = new Uint32Array(n);
  for (let i = 0; i < n; i++) points[starts[bucketOf(i)]!++] = i;
  return { points, count: n, firstVisible, firstSelected };
}
