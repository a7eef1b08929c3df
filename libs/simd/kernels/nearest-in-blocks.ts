import { BLOCK, countGroups, field, floorsOfBoxes, GROUP, ROW, squaresWithin } from './blocks';

/**
 * Of the nearest so far: how many there are, in how many blocks they were looked for, the squared distance up
 * to which a point may be among them, and the place of the farthest.
 */
let held: i32 = 0;
let looked: i32 = 0;
let limit: f32 = 0;
let farthest: usize = 0;

/** Where the floors of blocks and of groups are, and which point is not found, in this search. */
let floors: usize = 0;
let groupFloors: usize = 0;
let self: i32 = 0;
let allowed: usize = 0;
let count: i32 = 0;
let squares: usize = 0;
let rows: usize = 0;
let found: usize = 0;

/**
 * The `most` nearest of the points of a cloud to a query [d] by float32 squared distance and number, in any
 * order: `into` [most rounded up to a multiple of 4] float32 (infinite for none) and `numbers` of the same
 * length, int32; without the point `own` and points whose byte in `may` (0 for all) is 0. Begins around block
 * `start` (−1 for the nearest one). Returns in how many blocks it looked. `scratch` holds BLOCK + groups
 * rounded up to a multiple of 4 + GROUP · groups float32.
 */
export function nearestInBlocks(
  cloud: usize,
  query: usize,
  start: i32,
  own: i32,
  may: usize,
  most: i32,
  into: usize,
  numbers: usize,
  scratch: usize,
): i32 {
  const blocks = field(cloud, 3);
  const groups = countGroups(blocks);
  self = own;
  allowed = may;
  count = most;
  squares = into;
  rows = numbers;
  found = scratch;
  groupFloors = scratch + ROW;
  floors = groupFloors + ((<usize>((groups + 3) & ~3)) << 2);
  for (let m = 0; m < ((count + 3) & ~3); m++)
    store<f32>(squares + ((<usize>m) << 2), m < count ? <f32>Infinity : <f32>-Infinity);
  held = looked = 0;
  limit = Infinity;
  floorsOfBoxes(<usize>field(cloud, 7), (groups + 3) & ~3, field(cloud, 5), query, 0, groups, groupFloors);
  let first = start;
  if (start < 0) {
    let group = 0;
    for (let g = 1; g < groups; g++)
      if (load<f32>(groupFloors + ((<usize>g) << 2)) < load<f32>(groupFloors + ((<usize>group) << 2)))
        group = g;
    expand(cloud, query, group);
    first = group * GROUP;
    for (let block = first; block < min(blocks, (group + 1) * GROUP); block++)
      if (load<f32>(floors + ((<usize>block) << 2)) < load<f32>(floors + ((<usize>first) << 2)))
        first = block;
  }
  // The home block and its neighbors: a first limit.
  const reach = count / BLOCK + 1;
  const from = max(0, first - reach);
  const to = min(blocks - 1, first + reach);
  for (let group = from / GROUP; group <= to / GROUP; group++) expand(cloud, query, group);
  for (let block = from; block <= to; block++) look(cloud, query, block);
  // Then the near ones: most of the others are beyond the limit now.
  lookUpTo(cloud, query, limit * 0.1);
  lookUpTo(cloud, query, Infinity);
  return looked;
}

/** Writes the floors of a group's blocks, once: the floor of the group is less than any then. */
function expand(cloud: usize, query: usize, group: i32): void {
  const at = groupFloors + ((<usize>group) << 2);
  if (load<f32>(at) < 0) return;
  store<f32>(at, -1);
  const blocks = field(cloud, 3);
  floorsOfBoxes(
    <usize>field(cloud, 2),
    (blocks + 3) & ~3,
    field(cloud, 5),
    query,
    group * GROUP,
    min(blocks, (group + 1) * GROUP),
    floors,
  );
}

/**
 * Whether a box of this floor, whose smallest number is at `smallest`, may hold one of the nearest; of
 * equally far points the smaller numbers are.
 */
// @ts-ignore: decorator
@inline
function matters(floor: f32, smallest: usize): bool {
  return (
    floor < limit || (floor === limit && (held < count || load<i32>(smallest) < load<i32>(rows + farthest)))
  );
}

/** Looks into the blocks that may hold one of the nearest and whose floor is up to `near`. */
function lookUpTo(cloud: usize, query: usize, near: f32): void {
  const blocks = field(cloud, 3);
  const groups = countGroups(blocks);
  const smallest = <usize>field(cloud, 8);
  const smallestOfGroups = <usize>field(cloud, 9);
  for (let group = 0; group < groups; group++) {
    const floor = load<f32>(groupFloors + ((<usize>group) << 2));
    if (floor > near || !matters(floor, smallestOfGroups + ((<usize>group) << 2))) continue;
    expand(cloud, query, group);
    for (let from = group * GROUP; from < min(blocks, (group + 1) * GROUP); from += 4) {
      let mask = i32x4.bitmask(
        f32x4.le(v128.load(floors + ((<usize>from) << 2)), f32x4.splat(min(near, limit))),
      );
      for (; mask !== 0; mask &= mask - 1) {
        const block = from + ctz(mask);
        if (
          block < blocks &&
          matters(load<f32>(floors + ((<usize>block) << 2)), smallest + ((<usize>block) << 2))
        )
          look(cloud, query, block);
      }
    }
  }
}

/** Looks into a block, once: its floor is no number then. */
function look(cloud: usize, query: usize, block: i32): void {
  const ids = <usize>field(cloud, 1) + <usize>block * ROW;
  store<f32>(floors + ((<usize>block) << 2), NaN);
  looked++;
  for (let mask = squaresWithin(cloud, query, block, limit, found); mask !== 0; mask &= mask - 1) {
    const lane = (<usize>ctz(mask)) << 2;
    const square = load<f32>(found + lane);
    const id = load<i32>(ids + lane);
    if (id < 0 || id === self || square > limit || (allowed !== 0 && load<u8>(allowed + id) === 0)) continue;
    if (held < count) {
      store<f32>(squares + ((<usize>held) << 2), square);
      store<i32>(rows + ((<usize>held) << 2), id);
      if (++held === count) findFarthest();
    } else if (square < limit || id < load<i32>(rows + farthest)) {
      store<f32>(squares + farthest, square);
      store<i32>(rows + farthest, id);
      findFarthest();
    }
  }
}

/** The farthest of the nearest so far, of equally far ones that of the largest number. */
function findFarthest(): void {
  const end = squares + ((<usize>((count + 3) & ~3)) << 2);
  let most = v128.load(squares);
  for (let at = squares + 16; at < end; at += 16) most = f32x4.pmax(most, v128.load(at));
  most = f32x4.pmax(most, i64x2.shuffle(most, most, 1, 0));
  most = f32x4.pmax(most, i32x4.shuffle(most, most, 1, 0, 3, 2));
  limit = f32x4.extract_lane(most, 0);
  let last = -1;
  for (let at = squares; at < end; at += 16) {
    for (let mask = i32x4.bitmask(f32x4.eq(v128.load(at), most)); mask !== 0; mask &= mask - 1) {
      const place = at - squares + ((<usize>ctz(mask)) << 2);
      const id = load<i32>(rows + place);
      if (id > last) {
        last = id;
        farthest = place;
      }
    }
  }
}
