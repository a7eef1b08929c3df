/**
 * NN-descent (Dong, Moses & Li 2011) by local joins over rows [n, width] float32, near ones together. A plan is the
 * address of ten int32: rows, bytes of a row (a multiple of 16), n, k; the lists, `codes` [n, k] int32 (2 · neighbour,
 * + 1 where it is new) and `squares` [n, k] float32 of their distances, by square, then by number, empty at the end
 * (EMPTY, infinite); `before` [n, k], the codes at the start of an iteration; `reverse` [n, k], codes of points that
 * had a point in their list, and `counts` [n] of them; and how many points are joined at most.
 *
 * A list only ever keeps the first k of all that was offered, in a total order. So it does not depend on the order of
 * the offers, nor on how the points are shared between threads. A thread writes the lists of its points [from, to);
 * offers to others go into its outbox: their number, then [target, number, square] each.
 */
const EMPTY: i32 = 0x7ffffffe;
/** Bytes of an outbox before its first offer, and of an offer. */
const HEAD: usize = 16;
const OFFER: usize = 12;
/** Bytes of a row summed between two looks whether one of four points is within a limit. */
const AT_ONCE: usize = 128;

// @ts-ignore: decorator
@inline
function field(plan: usize, at: usize): usize {
  return <usize>load<u32>(plan + (at << 2));
}

/**
 * The bytes of each part of a thread's scratch: addresses of rows, limits, and numbers of the joined points. Four
 * float32 follow.
 */
// @ts-ignore: decorator
@inline
function partBytes(plan: usize): usize {
  return (field(plan, 9) + 4) << 2;
}

/** Empties the lists of the points [from, to). */
export function emptyLists(plan: usize, from: i32, to: i32): void {
  const k = field(plan, 3);
  const codes = field(plan, 4);
  const squares = field(plan, 5);
  for (let at = <usize>from * k, end = <usize>to * k; at < end; at++) {
    store<i32>(codes + (at << 2), EMPTY);
    store<f32>(squares + (at << 2), Infinity);
  }
}

/** Begins an iteration for the points [from, to): their codes are copied, and none is new any more. */
export function beginIteration(plan: usize, from: i32, to: i32): void {
  const k = field(plan, 3);
  const codes = field(plan, 4);
  const before = field(plan, 6);
  for (let at = (<usize>from * k) << 2, end = (<usize>to * k) << 2; at < end; at += 4) {
    const code = load<i32>(codes + at);
    store<i32>(before + at, code);
    store<i32>(codes + at, code & ~1);
  }
}

/** Counts the new neighbours of the points [from, to). */
export function countNew(plan: usize, from: i32, to: i32): i32 {
  const k = field(plan, 3);
  const codes = field(plan, 4);
  let count = 0;
  for (let at = (<usize>from * k) << 2, end = (<usize>to * k) << 2; at < end; at += 4)
    count += load<i32>(codes + at) & 1;
  return count;
}

/**
 * Collects for the points [from, to) the points that had them in their lists: of more than k a seeded sample
 * (reservoir sampling: Vitter 1985).
 */
export function collectReverse(plan: usize, from: i32, to: i32, seed: i32): void {
  const n = <i32>field(plan, 2);
  const k = <i32>field(plan, 3);
  const reverse = field(plan, 7);
  const counts = field(plan, 8);
  memory.fill(counts + ((<usize>from) << 2), 0, (<usize>(to - from)) << 2);
  for (let i = 0, at = field(plan, 6); i < n; i++)
    for (let e = 0; e < k; e++, at += 4) {
      const code = load<i32>(at);
      const j = code >> 1;
      if (j < from || j >= to) continue;
      const counted = counts + ((<usize>j) << 2);
      const count = load<i32>(counted);
      store<i32>(counted, count + 1);
      const place =
        count < k ? count : <i32>((<u64>scrambled(seed ^ scrambled(j + count * 0x01000193)) * <u64>(count + 1)) >> 32);
      if (place < k) store<i32>(reverse + ((<usize>j * k + place) << 2), (i << 1) | (code & 1));
    }
}

/**
 * Joins the leaves that begin at positions [at, end) of a tree's `order`: offers all pairs of a leaf to each other.
 * Returns where the next leaf begins: before `end`, if the outbox might not hold its offers.
 */
export function joinLeaves(
  plan: usize,
  order: usize,
  at: i32,
  end: i32,
  from: i32,
  to: i32,
  outbox: usize,
  capacity: i32,
  scratch: usize,
): i32 {
  const n = <i32>field(plan, 2);
  const numbers = scratch + 2 * partBytes(plan);
  while (at < end) {
    let total = 0;
    do {
      store<i32>(numbers + ((<usize>(total++)) << 2), load<i32>(order + ((<usize>(at++)) << 2)) & 0x7fffffff);
    } while (at < n && load<i32>(order + ((<usize>at) << 2)) >= 0);
    join(plan, total, total, from, to, outbox, scratch);
    if (load<i32>(outbox) > capacity) break;
  }
  return at;
}

/**
 * Joins the neighbours, in both directions, of each of the points [at, end), from before the iteration: offers pairs
 * of which one is new to each other. Returns the next point, as above.
 */
export function joinNeighbors(
  plan: usize,
  at: i32,
  end: i32,
  from: i32,
  to: i32,
  outbox: usize,
  capacity: i32,
  scratch: usize,
): i32 {
  const k = <i32>field(plan, 3);
  const numbers = scratch + 2 * partBytes(plan);
  for (; at < end && load<i32>(outbox) <= capacity; at++) {
    const line = (<usize>at * k) << 2;
    const own = field(plan, 6) + line;
    const others = field(plan, 7) + line;
    const count = min(k, load<i32>(field(plan, 8) + ((<usize>at) << 2)));
    let total = gathered(own, k, others, count, 1, 0, numbers);
    const fresh = total;
    if (fresh === 0) continue;
    total = gathered(own, k, others, count, 0, total, numbers);
    join(plan, fresh, total, from, to, outbox, scratch);
  }
  return at;
}

/** Appends the new (1) or the old (0) of a point's neighbours in both directions, each number once. */
function gathered(own: usize, k: i32, others: usize, count: i32, wanted: i32, total: i32, numbers: usize): i32 {
  for (let e = 0; e < k; e++) {
    const code = load<i32>(own + ((<usize>e) << 2));
    if ((code & 1) === wanted) store<i32>(numbers + ((<usize>(total++)) << 2), code >> 1);
  }
  for (let e = 0; e < count; e++) {
    const code = load<i32>(others + ((<usize>e) << 2));
    if ((code & 1) !== wanted) continue;
    let twice = false;
    for (let m = 0; m < k && !twice; m++) twice = load<i32>(own + ((<usize>m) << 2)) >> 1 === code >> 1;
    if (!twice) store<i32>(numbers + ((<usize>(total++)) << 2), code >> 1);
  }
  return total;
}

/** Offers to each other all pairs of the `total` points of the scratch memory with one among the first `fresh`. */
function join(plan: usize, fresh: i32, total: i32, from: i32, to: i32, outbox: usize, scratch: usize): void {
  const rows = field(plan, 0);
  const width = field(plan, 1);
  const k = field(plan, 3);
  const last = field(plan, 5) + ((k - 1) << 2);
  const limits = scratch + partBytes(plan);
  const numbers = limits + partBytes(plan);
  const results = numbers + partBytes(plan);
  for (let m: usize = 0, end = (<usize>total + 3) << 2; m < end; m += 4) {
    const number = <usize>load<i32>(numbers + min(m, (<usize>(total - 1)) << 2));
    store<u32>(scratch + m, <u32>(rows + number * width));
    store<f32>(limits + m, load<f32>(last + ((number * k) << 2)));
  }
  for (let a = 0; a < fresh; a++) {
    const one = load<i32>(numbers + ((<usize>a) << 2));
    const row = <usize>load<u32>(scratch + ((<usize>a) << 2));
    const mine = one >= from && one < to;
    for (let b = a + 1; b < total; b += 4) {
      const at = (<usize>b) << 2;
      const r0 = <usize>load<u32>(scratch + at);
      const r1 = <usize>load<u32>(scratch + at, 4);
      const r2 = <usize>load<u32>(scratch + at, 8);
      const r3 = <usize>load<u32>(scratch + at, 12);
      const theirs = v128.load(limits + at);
      const limit = v128.load_splat<f32>(limits + ((<usize>a) << 2));
      const either = f32x4.pmax(theirs, limit);
      let left = measureFour(row, r0, r1, r2, r3, width, either, results) & ((1 << min(4, total - b)) - 1);
      for (; left !== 0; left &= left - 1) {
        const lane = <usize>ctz(left) << 2;
        const square = load<f32>(results + lane);
        const other = load<i32>(numbers + at + lane);
        if (square <= load<f32>(limits + ((<usize>a) << 2))) {
          if (mine) store<f32>(limits + ((<usize>a) << 2), offered(plan, one, other, square));
          else send(outbox, one, other, square);
        }
        if (square <= load<f32>(limits + at + lane)) {
          if (other >= from && other < to) store<f32>(limits + at + lane, offered(plan, other, one, square));
          else send(outbox, other, one, square);
        }
      }
    }
  }
}

/**
 * The squared distances of a row to four others into `squares` [4]; a bit for each that is within its `limit`. They are
 * not summed to their end where none is.
 */
// @ts-ignore: decorator
@inline
function measureFour(
  row: usize,
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  width: usize,
  limit: v128,
  squares: usize,
): i32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let within = s0;
  for (let c: usize = 0; c < width; ) {
    for (const end = min(width, c + AT_ONCE); c < end; c += 16) {
      const x = v128.load(row + c);
      const g0 = f32x4.sub(v128.load(r0 + c), x);
      const g1 = f32x4.sub(v128.load(r1 + c), x);
      const g2 = f32x4.sub(v128.load(r2 + c), x);
      const g3 = f32x4.sub(v128.load(r3 + c), x);
      s0 = f32x4.add(s0, f32x4.mul(g0, g0));
      s1 = f32x4.add(s1, f32x4.mul(g1, g1));
      s2 = f32x4.add(s2, f32x4.mul(g2, g2));
      s3 = f32x4.add(s3, f32x4.mul(g3, g3));
    }
    const sums = addLanes(s0, s1, s2, s3);
    v128.store(squares, sums);
    within = f32x4.le(sums, limit);
    if (!v128.any_true(within)) return 0;
  }
  return i32x4.bitmask(within);
}

/** The sums of four vectors, always in the same order. */
// @ts-ignore: decorator
@inline
function addLanes(s0: v128, s1: v128, s2: v128, s3: v128): v128 {
  const low01 = v128.shuffle<i32>(s0, s1, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(s0, s1, 2, 6, 3, 7);
  const low23 = v128.shuffle<i32>(s2, s3, 0, 4, 1, 5);
  const high23 = v128.shuffle<i32>(s2, s3, 2, 6, 3, 7);
  const first = f32x4.add(v128.shuffle<i64>(low01, low23, 0, 2), v128.shuffle<i64>(low01, low23, 1, 3));
  const second = f32x4.add(v128.shuffle<i64>(high01, high23, 0, 2), v128.shuffle<i64>(high01, high23, 1, 3));
  return f32x4.add(first, second);
}

// @ts-ignore: decorator
@inline
function send(outbox: usize, target: i32, number: i32, square: f32): void {
  const count = load<i32>(outbox);
  const at = outbox + HEAD + <usize>count * OFFER;
  store<i32>(at, target);
  store<i32>(at, number, 4);
  store<f32>(at, square, 8);
  store<i32>(outbox, count + 1);
}

/** Takes the offers to the points [from, to) out of an outbox. */
export function takeOffers(plan: usize, outbox: usize, from: i32, to: i32): void {
  for (let at = outbox + HEAD, end = at + <usize>load<i32>(outbox) * OFFER; at < end; at += OFFER) {
    const target = load<i32>(at);
    if (target >= from && target < to) offered(plan, target, load<i32>(at, 4), load<f32>(at, 8));
  }
}

/** Puts a neighbour where it belongs in the list of a point, once; returns the square of its last one. */
function offered(plan: usize, point: i32, number: i32, square: f32): f32 {
  const k = field(plan, 3);
  const line = (<usize>point * k) << 2;
  const codes = field(plan, 4) + line;
  const squares = field(plan, 5) + line;
  const end = (k - 1) << 2;
  const farthest = load<f32>(squares + end);
  if (!(square < farthest) && !(square === farthest && number < load<i32>(codes + end) >> 1)) return farthest;
  let at = end;
  for (; at > 0; at -= 4) {
    const earlier = load<f32>(squares + at - 4);
    if (earlier > square) continue;
    if (earlier < square) break;
    const other = load<i32>(codes + at - 4) >> 1;
    if (other === number) return farthest;
    if (other < number) break;
  }
  for (let to = end; to > at; to -= 4) {
    store<f32>(squares + to, load<f32>(squares + to - 4));
    store<i32>(codes + to, load<i32>(codes + to - 4));
  }
  store<f32>(squares + at, square);
  store<i32>(codes + at, (number << 1) | 1);
  return load<f32>(squares + end);
}

/** Fills the lists of the points [from, to) that are not full: with seeded points, and if need be with all in order. */
export function fillLists(plan: usize, from: i32, to: i32, seed: i32): void {
  const n = <i32>field(plan, 2);
  const k = <i32>field(plan, 3);
  for (let i = from; i < to; i++) {
    const last = field(plan, 5) + ((<usize>i * k + k - 1) << 2);
    for (let draw = 0; draw < 8 * k && load<f32>(last) === Infinity; draw++)
      offerPair(plan, i, <i32>((<u64>scrambled(seed ^ scrambled(i + draw * 0x01000193)) * <u64>n) >> 32));
    for (let j = 0; j < n && load<f32>(last) === Infinity; j++) offerPair(plan, i, j);
  }
}

function offerPair(plan: usize, i: i32, j: i32): void {
  if (i === j) return;
  const width = field(plan, 1);
  const a = field(plan, 0) + <usize>i * width;
  const b = field(plan, 0) + <usize>j * width;
  let sum = f32x4.splat(0);
  for (let c: usize = 0; c < width; c += 16) {
    const gap = f32x4.sub(v128.load(b + c), v128.load(a + c));
    sum = f32x4.add(sum, f32x4.mul(gap, gap));
  }
  const sums = addLanes(sum, sum, sum, sum);
  offered(plan, i, j, f32x4.extract_lane(sums, 0));
}

/**
 * Finds the rows [from, to) no farther than `limits` [count] from the rows `queries` [count]: pairs of query and row
 * into `found`, from pair `at` to `capacity`. Returns where they end, above `capacity` if some are missing. `squares`:
 * room for four float32.
 */
export function rowsWithin(
  plan: usize,
  queries: usize,
  limits: usize,
  count: i32,
  from: i32,
  to: i32,
  found: usize,
  at: i32,
  capacity: i32,
  squares: usize,
): i32 {
  const rows = field(plan, 0);
  const width = field(plan, 1);
  for (let q = 0; q < count; q++) {
    const query = rows + <usize>load<i32>(queries + ((<usize>q) << 2)) * width;
    const limit = v128.load_splat<f32>(limits + ((<usize>q) << 2));
    for (let j = from; j < to; j += 4) {
      const r0 = rows + <usize>j * width;
      const r1 = rows + <usize>min(j + 1, to - 1) * width;
      const r2 = rows + <usize>min(j + 2, to - 1) * width;
      const r3 = rows + <usize>min(j + 3, to - 1) * width;
      let left = measureFour(query, r0, r1, r2, r3, width, limit, squares) & ((1 << min(4, to - j)) - 1);
      for (; left !== 0; left &= left - 1, at++) {
        if (at >= capacity) return capacity + 1;
        store<i32>(found + ((<usize>at) << 3), q);
        store<i32>(found + ((<usize>at) << 3), j + ctz(left), 4);
      }
    }
  }
  return at;
}

/** The finalizer of SplitMix32. */
// @ts-ignore: decorator
@inline
export function scrambled(x: u32): u32 {
  let z = x + 0x9e3779b9;
  z = (z ^ (z >> 16)) * 0x21f0aaad;
  z = (z ^ (z >> 15)) * 0x735a2d97;
  return z ^ (z >> 15);
}
