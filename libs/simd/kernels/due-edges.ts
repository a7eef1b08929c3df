/** The numbers of edges by which points are sorted; points of more have the last. */
@inline export const BUCKETS: i32 = 64;
/**
 * Points of a block at most, and where its counts, its order and its lists are in the scratch:
 * `DUE_EDGES_SCRATCH` of ../src/kernels.ts int32 and the lists behind them.
 */
@inline export const BLOCK: i32 = 256;
@inline export const COUNTS: usize = (<usize>BUCKETS) << 2;
@inline export const ORDER: usize = COUNTS + ((<usize>BLOCK) << 2);
@inline export const LISTS: usize = ORDER + ((<usize>(BLOCK + 4)) << 2);

/**
 * The edges of points `from` … `to`, at most 256, that an epoch visits: edges whose phase passes 2¹⁵ when it
 * grows by their rate, both uint16. Rows of edges begin at `starts` [n + 1] int32, in multiples of 8, filled
 * up with rate 0. Into the scratch: a list of what `ends` (int32) has for each due edge, in the place of its
 * row; how many each point has; and the points in the order of falling counts, the last repeated, so that
 * four at a time have about as many. `packing` is the table of ../src/packing.ts.
 */
export function dueEdges(
  starts: usize,
  ends: usize,
  rates: usize,
  phases: usize,
  packing: usize,
  from: i32,
  to: i32,
  scratch: usize,
): void {
  const first = load<i32>(starts + (from << 2));
  const below = i16x8.splat(0x7fff);
  memory.fill(scratch, 0, BUCKETS << 2);
  for (let point = from; point < to; point++) {
    const start = load<i32>(starts + (point << 2));
    const end = load<i32>(starts + (point << 2), 4);
    const list = scratch + LISTS + ((start - first) << 2);
    let at = list;
    for (let edge = start; edge < end; edge += 8) {
      const phase = i16x8.add(v128.load(phases + (edge << 1)), v128.load(rates + (edge << 1)));
      v128.store(phases + (edge << 1), v128.and(phase, below));
      const due = i16x8.bitmask(phase);
      const low = due & 15;
      const high = due >> 4;
      v128.store(at, i8x16.swizzle(v128.load(ends + (edge << 2)), v128.load(packing + (low << 4))));
      at += popcnt(low) << 2;
      v128.store(at, i8x16.swizzle(v128.load(ends + (edge << 2), 16), v128.load(packing + (high << 4))));
      at += popcnt(high) << 2;
    }
    const count = <i32>(at - list) >> 2;
    const bucket = scratch + (min(count, BUCKETS - 1) << 2);
    store<i32>(scratch + ((point - from) << 2), count, COUNTS);
    store<i32>(bucket, load<i32>(bucket) + 1);
  }
  sortByCount(from, to, scratch);
}

/** A counting sort: buckets come with how many points they have. */
@inline
function sortByCount(from: i32, to: i32, scratch: usize): void {
  let place = to - from;
  for (let bucket = scratch; bucket < scratch + COUNTS; bucket += 4) {
    place -= load<i32>(bucket);
    store<i32>(bucket, place);
  }
  for (let point = from; point < to; point++) {
    const bucket = scratch + (min(load<i32>(scratch + ((point - from) << 2), COUNTS), BUCKETS - 1) << 2);
    const at = load<i32>(bucket);
    store<i32>(bucket, at + 1);
    store<i32>(scratch + (at << 2), point, ORDER);
  }
  const last = scratch + ((to - from - 1) << 2);
  v128.store(last, i32x4.splat(load<i32>(last, ORDER)), ORDER + 4);
}
