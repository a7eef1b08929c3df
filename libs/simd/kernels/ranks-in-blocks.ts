import { BLOCK, computeCeilings, field, floorsOfBoxes, ROW, squaresWithin } from './blocks';

/**
 * How many points of a cloud are nearer to a query [d] than each of k limits: points whose float32 squared
 * distance is below `below` [k] (a limit less its error) are added to `counts` [k, 4] int32; points that are
 * not, and not above `above` [k] of the same limit, are in doubt: their numbers go to `rows` and their
 * squared distances to `squares`. Limits ascend. Returns how many are in doubt. `scratch` holds BLOCK + 2 ·
 * (blocks rounded up to a multiple of 4) float32.
 */
export function ranksInBlocks(
  cloud: usize,
  query: usize,
  k: i32,
  below: usize,
  above: usize,
  counts: usize,
  rows: usize,
  squares: usize,
  scratch: usize,
): i32 {
  const blocks = field(cloud, 3);
  const points = field(cloud, 6);
  const padded = (blocks + 3) & ~3;
  const floors = scratch + ROW;
  const ceilings = floors + ((<usize>padded) << 2);
  const bounded = field(cloud, 5) === field(cloud, 4);
  const farthest = load<f32>(above + ((<usize>(k - 1)) << 2));
  floorsOfBoxes(<usize>field(cloud, 2), padded, field(cloud, 5), query, 0, blocks, floors);
  if (bounded) computeCeilings(cloud, query, ceilings);
  let doubts = 0;
  for (let from = 0; from < blocks; from += 4) {
    let near = i32x4.bitmask(f32x4.le(v128.load(floors + ((<usize>from) << 2)), f32x4.splat(farthest)));
    for (; near !== 0; near &= near - 1) {
      const block = from + ctz(near);
      if (block >= blocks) break;
      const floor = load<f32>(floors + ((<usize>block) << 2));
      let first = 0;
      let end = k;
      while (load<f32>(above + ((<usize>first) << 2)) < floor) first++;
      if (bounded) {
        const ceiling = load<f32>(ceilings + ((<usize>block) << 2));
        const size = min(BLOCK, points - block * BLOCK);
        for (; end > first && load<f32>(below + ((<usize>(end - 1)) << 2)) > ceiling; end--) {
          const at = counts + ((<usize>(end - 1)) << 4);
          store<i32>(at, load<i32>(at) + size);
        }
        if (end === first) continue;
      }
      if (squaresWithin(cloud, query, block, load<f32>(above + ((<usize>(end - 1)) << 2)), scratch) === 0)
        continue;
      const ids = <usize>field(cloud, 1) + <usize>block * ROW;
      for (let lanes: usize = 0; lanes < ROW; lanes += 16) {
        const square = v128.load(scratch + lanes);
        let doubt = i32x4.splat(0);
        for (let m = (<usize>first) << 2; m < (<usize>end) << 2; m += 4) {
          const nearer = f32x4.lt(square, v128.load_splat<f32>(below + m));
          const at = counts + (m << 2);
          doubt = v128.or(doubt, v128.andnot(f32x4.le(square, v128.load_splat<f32>(above + m)), nearer));
          v128.store(at, i32x4.sub(v128.load(at), nearer));
        }
        for (let mask = i32x4.bitmask(doubt); mask !== 0; mask &= mask - 1) {
          const lane = lanes + ((<usize>ctz(mask)) << 2);
          const at = (<usize>doubts) << 2;
          doubts++;
          store<i32>(rows + at, load<i32>(ids + lane));
          store<f32>(squares + at, load<f32>(scratch + lane));
        }
      }
    }
  }
  return doubts;
}
