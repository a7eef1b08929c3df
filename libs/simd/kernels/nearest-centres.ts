import { ROW } from './blocks';

/**
 * The nearest and the second nearest of k centres [k, d] float32 to points in blocks [blocks, d, BLOCK]: the
 * number of the nearest into `numbers` int32, of equal ones the first, and the squared distances of both into
 * `squares` and `seconds` (infinite where k is 1), each [blocks, BLOCK] float32.
 */
export function nearestCentres(
  points: usize,
  blocks: i32,
  d: i32,
  centres: usize,
  k: i32,
  numbers: usize,
  squares: usize,
  seconds: usize,
): void {
  for (let block = 0; block < blocks; block++, points += <usize>d * ROW) {
    for (let lanes: usize = 0; lanes < ROW; lanes += 32) {
      let best0 = f32x4.splat(Infinity);
      let best1 = best0;
      let second0 = best0;
      let second1 = best0;
      let number0 = i32x4.splat(0);
      let number1 = number0;
      let centre = centres;
      for (let cluster = 0; cluster < k; cluster++) {
        let s0 = f32x4.splat(0);
        let s1 = s0;
        for (let c = 0, row = points + lanes; c < d; c++, row += ROW, centre += 4) {
          const x = v128.load_splat<f32>(centre);
          const g0 = f32x4.sub(v128.load(row), x);
          const g1 = f32x4.sub(v128.load(row, 16), x);
          s0 = f32x4.add(s0, f32x4.mul(g0, g0));
          s1 = f32x4.add(s1, f32x4.mul(g1, g1));
        }
        const own = i32x4.splat(cluster);
        const nearer0 = f32x4.lt(s0, best0);
        const nearer1 = f32x4.lt(s1, best1);
        second0 = f32x4.pmin(second0, f32x4.pmax(s0, best0));
        second1 = f32x4.pmin(second1, f32x4.pmax(s1, best1));
        best0 = f32x4.pmin(best0, s0);
        best1 = f32x4.pmin(best1, s1);
        number0 = v128.bitselect(own, number0, nearer0);
        number1 = v128.bitselect(own, number1, nearer1);
      }
      const at = <usize>block * ROW + lanes;
      v128.store(numbers + at, number0);
      v128.store(numbers + at, number1, 16);
      v128.store(squares + at, best0);
      v128.store(squares + at, best1, 16);
      v128.store(seconds + at, second0);
      v128.store(seconds + at, second1, 16);
    }
  }
}
