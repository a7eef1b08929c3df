/** In which order points are drawn; what is drawn last lies on top. */
export interface DrawOrder {
  /** Points in the order of drawing, uint32; undefined for all of them as they came. */
  readonly points: Uint32Array | undefined;
  /** How many points are drawn, ghosts included. */
  readonly count: number;
  /** The first of the visible ones; all before it are ghosts. */
  readonly firstVisible: number;
  /**
   * The first of those that stand out; all between `firstVisible` and it are faint. Equals `count` when there
   * are none, `firstVisible` when nothing is faint.
   */
  readonly firstSelected: number;
}

const bit = (mask: Uint8Array, i: number): number => (mask[i >> 3]! >> (i & 7)) & 1;

/** Buckets: ghosts, then faint points by size, then selected ones by size. */
const BUCKETS = 513;
const FAINT = 1;
const SELECTED = 257;

/**
 * Sorts points: those that are not visible first, then faint ones, then by size so that large points lie on
 * top; equal ones as they came. A counting sort, O(n); masks have one bit a point.
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
