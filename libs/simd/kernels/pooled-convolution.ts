/**
 * Convolutions (steps of 1) before a largest pooling of windows 2 × 2 side by side, and their gradients: one
 * comes back at one place of each window, and where a Relu is behind the pooling only at what is above 0, so
 * less than a quarter of the products of the whole convolution are made. Inputs and kernels lie channels last
 * meanwhile, so that what one place of the result sees is `kernelHeight` runs of `vectors` · 4 numbers; the
 * last vector may reach into what is behind, where kernels are 0 and sums are not read. The first one of a
 * network, of few inputs, is made here too. A plan is the address of an int32 for each of these.
 */
enum Plan {
  isFirst,
  isCut,
  channels,
  height,
  width,
  sourceLine,
  padTop,
  padLeft,
  paddedWidth,
  paddedSize,
  kernelHeight,
  kernelWidth,
  vectors,
  filters,
  planeWidth,
  planeSize,
  pooledHeight,
  pooledWidth,
  stepFilter,
  stepRow,
  stepColumn,
  seen,
  seenGradient,
  kernels,
  sums,
  biases,
  biasSums,
  lists,
  counts,
  places,
  made,
}

// @ts-ignore: decorator
@inline
function field(plan: usize, at: Plan): i32 {
  return load<i32>(plan + ((<usize>at) << 2));
}

/** Filters of the first convolution in eights. */
// @ts-ignore: decorator
@inline
function inEights(filters: i32): i32 {
  return (filters + 7) & ~7;
}

/**
 * Lays kernels [filters, channels, kernelHeight, kernelWidth] channels last, the kernels of the first
 * convolution filters last, and begins sums of zeros; `biases` [filters] where they are added here.
 */
export function beginPooledConvolution(plan: usize, kernels: usize, biases: usize): void {
  const channels = field(plan, Plan.channels);
  const height = field(plan, Plan.kernelHeight);
  const width = field(plan, Plan.kernelWidth);
  const filters = field(plan, Plan.filters);
  const isFirst = field(plan, Plan.isFirst);
  const run = (<usize>field(plan, Plan.vectors)) << 4;
  const to = <usize>field(plan, Plan.kernels);
  memory.fill(field(plan, Plan.sums), 0, <usize>(filters * height) * run);
  memory.fill(field(plan, Plan.biasSums), 0, (<usize>filters) << 2);
  if (isFirst) memory.copy(field(plan, Plan.biases), biases, (<usize>filters) << 2);
  for (let o = 0; o < filters; o++) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < height; i++) {
        for (let j = 0; j < width; j++, kernels += 4) {
          const at = j * channels + c;
          const laid = isFirst
            ? (<usize>((i * width * channels + at) * inEights(filters) + o)) << 2
            : <usize>(o * height + i) * run + ((<usize>at) << 2);
          store<f32>(to + laid, load<f32>(kernels));
        }
      }
    }
  }
}

/**
 * Writes what was summed: the gradient of the kernels in their own layout, and that of the biases [filters].
 */
export function endPooledConvolution(plan: usize, kernels: usize, biases: usize): void {
  const channels = field(plan, Plan.channels);
  const height = field(plan, Plan.kernelHeight);
  const width = field(plan, Plan.kernelWidth);
  const filters = field(plan, Plan.filters);
  const run = (<usize>field(plan, Plan.vectors)) << 4;
  let row = <usize>field(plan, Plan.sums);
  memory.copy(biases, field(plan, Plan.biasSums), (<usize>filters) << 2);
  for (let o = 0; o < filters; o++, row += <usize>height * run) {
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < height; i++)
        for (let j = 0; j < width; j++, kernels += 4)
          store<f32>(kernels, load<f32>(row + <usize>i * run + ((<usize>(j * channels + c)) << 2)));
    }
  }
}

/**
 * The first convolution of one sample, pooled, and cut off at 0 where there is a Relu: `input` channels last,
 * in lines of `sourceLine` numbers, `pooled` [filters, pooledHeight, pooledWidth] and `chosen`, the number of
 * the place in each window, a byte each. Filters are made in eights: what is behind the last one is written
 * over, by the next sample's.
 */
export function makePooledConvolution(plan: usize, input: usize, pooled: usize, chosen: usize): void {
  layFirst(plan, input);
  const rows = field(plan, Plan.pooledHeight);
  const columns = field(plan, Plan.pooledWidth);
  const height = field(plan, Plan.kernelHeight);
  const step = (<usize>field(plan, Plan.channels)) << 2;
  const line = <usize>field(plan, Plan.paddedWidth) * step;
  const taps = <usize>field(plan, Plan.kernelWidth) * step;
  const wide = (<usize>inEights(field(plan, Plan.filters))) << 2;
  const kernels = <usize>field(plan, Plan.kernels);
  const biases = <usize>field(plan, Plan.biases);
  const seen = <usize>field(plan, Plan.seen);
  const least = f32x4.splat(field(plan, Plan.isCut) ? 0 : -Infinity);
  const numbers = <usize>(rows * columns) * wide;
  // The largest of numbers of which one is NaN is not always NaN, so one in the input makes all of the sample
  // NaN.
  let made = <usize>field(plan, Plan.made);
  let sum = f32x4.splat(0);
  for (let at = seen, end = seen + ((<usize>field(plan, Plan.paddedSize)) << 2); at < end; at += 16)
    sum = f32x4.add(sum, v128.load(at));
  const nothing = f32x4.splat(
    0 *
      (f32x4.extract_lane(sum, 0) +
        f32x4.extract_lane(sum, 1) +
        (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))),
  );
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const window = seen + <usize>(2 * i) * line + <usize>(2 * j) * step;
      for (let o: usize = 0; o < wide; o += 32, made += 32) {
        let a0 = f32x4.add(v128.load(biases + o), nothing);
        let b0 = f32x4.add(v128.load(biases + o, 16), nothing);
        let a1 = a0;
        let b1 = b0;
        let a2 = a0;
        let b2 = b0;
        let a3 = a0;
        let b3 = b0;
        let w = kernels + o;
        for (let y = 0, x = window; y < height; y++, x += line) {
          for (let at = x, end = x + taps; at < end; at += 4, w += wide) {
            const low = v128.load(w);
            const high = v128.load(w, 16);
            const x0 = v128.load32_splat(at);
            const x1 = v128.load32_splat(at + step);
            const x2 = v128.load32_splat(at + line);
            const x3 = v128.load32_splat(at + line + step);
            a0 = f32x4.add(a0, f32x4.mul(x0, low));
            b0 = f32x4.add(b0, f32x4.mul(x0, high));
            a1 = f32x4.add(a1, f32x4.mul(x1, low));
            b1 = f32x4.add(b1, f32x4.mul(x1, high));
            a2 = f32x4.add(a2, f32x4.mul(x2, low));
            b2 = f32x4.add(b2, f32x4.mul(x2, high));
            a3 = f32x4.add(a3, f32x4.mul(x3, low));
            b3 = f32x4.add(b3, f32x4.mul(x3, high));
          }
        }
        writeLargest(a0, a1, a2, a3, least, made, numbers);
        writeLargest(b0, b1, b2, b3, least, made + 16, numbers);
      }
    }
  }
  turn(<usize>field(plan, Plan.made), numbers, wide, pooled, chosen);
}

/** The largest of four for four filters, and `numbers` bytes behind it which one it was. */
// @ts-ignore: decorator
@inline
function writeLargest(a: v128, b: v128, c: v128, d: v128, least: v128, to: usize, numbers: usize): void {
  let largest = f32x4.pmax(a, b);
  let number = i32x4.shr_u(f32x4.gt(b, a), 31);
  let isLarger = f32x4.gt(c, largest);
  largest = f32x4.pmax(largest, c);
  number = v128.bitselect(i32x4.splat(2), number, isLarger);
  isLarger = f32x4.gt(d, largest);
  v128.store(to, f32x4.pmax(f32x4.pmax(largest, d), least));
  v128.store(to + numbers, v128.bitselect(i32x4.splat(3), number, isLarger));
}

/**
 * Turns what was made, [windows, wide], to [filters, windows], and the numbers to bytes; four windows of four
 * filters at a time.
 */
function turn(made: usize, numbers: usize, wide: usize, pooled: usize, chosen: usize): void {
  const windows = numbers / wide;
  const plane = windows << 2;
  for (let o: usize = 0; o < wide; o += 16) {
    let from = made + o;
    let at: usize = 0;
    for (; at + 4 <= windows; at += 4, from += wide << 2) {
      const to = pooled + (((o >> 2) * windows + at) << 2);
      const bytes = chosen + (o >> 2) * windows + at;
      let a = v128.load(from);
      let b = v128.load(from + wide);
      let c = v128.load(from + (wide << 1));
      let d = v128.load(from + wide * 3);
      let low = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      let high = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      let lower = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      let higher = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(to, v128.shuffle<i64>(low, lower, 0, 2));
      v128.store(to + plane, v128.shuffle<i64>(low, lower, 1, 3));
      v128.store(to + (plane << 1), v128.shuffle<i64>(high, higher, 0, 2));
      v128.store(to + plane * 3, v128.shuffle<i64>(high, higher, 1, 3));
      // A number is one byte of its lane: four windows' make a lane of each filter.
      a = v128.load(from + numbers);
      b = v128.load(from + numbers + wide);
      c = v128.load(from + numbers + (wide << 1));
      d = v128.load(from + numbers + wide * 3);
      low = v128.or(v128.or(a, i32x4.shl(b, 8)), v128.or(i32x4.shl(c, 16), i32x4.shl(d, 24)));
      v128.store32_lane(bytes, low, 0);
      v128.store32_lane(bytes + windows, low, 1);
      v128.store32_lane(bytes + (windows << 1), low, 2);
      v128.store32_lane(bytes + windows * 3, low, 3);
    }
    for (; at < windows; at++, from += wide) {
      for (let lane: usize = 0; lane < 4; lane++) {
        const filter = (o >> 2) + lane;
        store<f32>(pooled + ((filter * windows + at) << 2), load<f32>(from + (lane << 2)));
        store<u8>(chosen + filter * windows + at, load<u8>(from + numbers + (lane << 2)));
      }
    }
  }
}

/**
 * Adds what one sample gives: its `input`, of the first convolution as that takes it, of another one
 * [channels, height, width]; `plane`, for the first one what was `chosen`, for another one the whole
 * convolution [filters, planeSize]; `pooled`; and the gradient by that, whose steps between filters, rows and
 * columns the plan holds. At ties the first place of a window gets it. The gradient by the input is in
 * `seenGradient` then, channels last, with its borders; the first one has no such gradient.
 */
export function addPooledConvolution(
  plan: usize,
  input: usize,
  plane: usize,
  pooled: usize,
  gradient: usize,
): void {
  const isFirst = field(plan, Plan.isFirst);
  if (isFirst) layFirst(plan, input);
  else lay(plan, input);
  list(plan, plane, pooled, gradient);
  addToKernels(plan);
  if (!isFirst) addToInput(plan);
}

function layFirst(plan: usize, input: usize): void {
  const channels = <usize>field(plan, Plan.channels);
  const line = (<usize>field(plan, Plan.paddedWidth) * channels) << 2;
  const bytes = (<usize>field(plan, Plan.width) * channels) << 2;
  const sourceLine = (<usize>field(plan, Plan.sourceLine)) << 2;
  let to =
    <usize>field(plan, Plan.seen) +
    <usize>field(plan, Plan.padTop) * line +
    ((<usize>field(plan, Plan.padLeft) * channels) << 2);
  for (let i = field(plan, Plan.height); i > 0; i--, to += line, input += sourceLine)
    memory.copy(to, input, bytes);
}

function lay(plan: usize, input: usize): void {
  const channels = <usize>field(plan, Plan.channels);
  const height = field(plan, Plan.height);
  const width = <usize>field(plan, Plan.width);
  const line = (<usize>field(plan, Plan.paddedWidth) * channels) << 2;
  const step = channels << 2;
  const first =
    <usize>field(plan, Plan.seen) +
    <usize>field(plan, Plan.padTop) * line +
    <usize>field(plan, Plan.padLeft) * step;
  for (let c: usize = 0; c < channels; c++) {
    for (let i = 0, row = first + (c << 2); i < height; i++, row += line) {
      for (let at = row, end = row + width * step; at < end; at += step, input += 4)
        store<f32>(at, load<f32>(input));
    }
  }
}

/**
 * For each filter what comes back: pairs of where in the input a window begins and the number, filled up to
 * fours with nothing. Four windows at a time.
 */
function list(plan: usize, plane: usize, pooled: usize, gradient: usize): void {
  const filters = <usize>field(plan, Plan.filters);
  const rows = <usize>field(plan, Plan.pooledHeight);
  const columns = field(plan, Plan.pooledWidth);
  const lists = listBytes(plan);
  const counts = <usize>field(plan, Plan.counts);
  const biases = <usize>field(plan, Plan.biasSums);
  const isFirst = field(plan, Plan.isFirst);
  const step = field(plan, Plan.channels) << 2;
  const line = field(plan, Plan.paddedWidth) * step;
  const planeLine = (<usize>field(plan, Plan.planeWidth)) << 2;
  const planeBytes = (<usize>field(plan, Plan.planeSize)) << 2;
  const stepFilter = (<usize>field(plan, Plan.stepFilter)) << 2;
  const stepRow = (<usize>field(plan, Plan.stepRow)) << 2;
  const stepColumn = (<usize>field(plan, Plan.stepColumn)) << 2;
  const least = f32x4.splat(field(plan, Plan.isCut) ? 0 : -Infinity);
  const zero = f32x4.splat(0);
  const lanes = i32x4(0, 1, 2, 3);
  const ones = i32x4.splat(1);
  const right = i32x4.splat(step);
  const below = i32x4.splat(line);
  const across = i32x4.splat(line + step);
  const windows = i32x4.mul(lanes, i32x4.splat(2 * step));
  for (
    let o: usize = 0, entries = <usize>field(plan, Plan.lists);
    o < filters;
    o++, entries += lists, gradient += stepFilter
  ) {
    let to = entries;
    let bias = zero;
    for (let i: usize = 0; i < rows; i++, pooled += (<usize>columns) << 2) {
      let upper = plane + (i << 1) * planeLine;
      let from = gradient + i * stepRow;
      let begin = <i32>(i << 1) * line;
      for (let j = 0; j < columns; j += 4, upper += 32, from += stepColumn << 2, begin += step << 3) {
        const largest = v128.load(pooled + ((<usize>j) << 2));
        let g = v128.load32_zero(from);
        g = v128.load32_lane(from + stepColumn, g, 1);
        g = v128.load32_lane(from + (stepColumn << 1), g, 2);
        g = v128.load32_lane(from + stepColumn * 3, g, 3);
        let place: v128;
        if (isFirst) {
          const number = i32x4.extend_low_i16x8_u(
            i16x8.extend_low_i8x16_u(v128.load32_zero(plane + <usize>j)),
          );
          place = i32x4.add(
            i32x4.mul(v128.and(number, ones), right),
            i32x4.mul(i32x4.shr_u(number, 1), below),
          );
        } else {
          const a = v128.load(upper);
          const b = v128.load(upper, 16);
          const c = v128.load(upper + planeLine);
          const d = v128.load(upper + planeLine, 16);
          const isFirstPlace = f32x4.eq(v128.shuffle<i32>(a, b, 0, 2, 4, 6), largest);
          const isSecond = f32x4.eq(v128.shuffle<i32>(a, b, 1, 3, 5, 7), largest);
          const isThird = f32x4.eq(v128.shuffle<i32>(c, d, 0, 2, 4, 6), largest);
          place = v128.andnot(
            v128.bitselect(right, v128.bitselect(below, across, isThird), isSecond),
            isFirstPlace,
          );
        }
        const at = i32x4.add(place, i32x4.add(windows, i32x4.splat(begin)));
        const isGiven = v128.and(
          v128.and(f32x4.gt(largest, least), f32x4.ne(g, zero)),
          i32x4.lt_s(lanes, i32x4.splat(columns - j)),
        );
        const bits = <usize>i32x4.bitmask(isGiven);
        const low = v128.shuffle<i32>(at, g, 0, 4, 1, 5);
        const high = v128.shuffle<i32>(at, g, 2, 6, 3, 7);
        v128.store64_lane(to, low, 0);
        to += (bits & 1) << 3;
        v128.store64_lane(to, low, 1);
        to += (bits & 2) << 2;
        v128.store64_lane(to, high, 0);
        to += (bits & 4) << 1;
        v128.store64_lane(to, high, 1);
        to += bits & 8;
        bias = f32x4.add(bias, v128.and(g, isGiven));
      }
      if (isFirst) plane += <usize>columns;
    }
    if (!isFirst) plane += planeBytes;
    store<f32>(
      biases + (o << 2),
      load<f32>(biases + (o << 2)) +
        (f32x4.extract_lane(bias, 0) +
          f32x4.extract_lane(bias, 1) +
          (f32x4.extract_lane(bias, 2) + f32x4.extract_lane(bias, 3))),
    );
    store<i32>(counts + (o << 2), <i32>((to - entries) >> 3));
    for (; (to - entries) & 31; to += 8) store<i64>(to, 0);
  }
}

/** Room for a filter's pairs, and for what is written behind the last one. */
// @ts-ignore: decorator
@inline
function listBytes(plan: usize): usize {
  return (<usize>(field(plan, Plan.pooledHeight) * field(plan, Plan.pooledWidth)) + 4) << 3;
}

function addToKernels(plan: usize): void {
  const filters = <usize>field(plan, Plan.filters);
  const height = field(plan, Plan.kernelHeight);
  const seen = <usize>field(plan, Plan.seen);
  const line = (<usize>(field(plan, Plan.paddedWidth) * field(plan, Plan.channels))) << 2;
  const lists = listBytes(plan);
  const counts = <usize>field(plan, Plan.counts);
  const run = (<usize>field(plan, Plan.vectors)) << 4;
  let sums = <usize>field(plan, Plan.sums);
  let entries = <usize>field(plan, Plan.lists);
  for (let o: usize = 0; o < filters; o++, sums += <usize>height * run, entries += lists) {
    const end = entries + ((<usize>load<i32>(counts + (o << 2))) << 3);
    if (run == 16) {
      for (let i = 0, to = sums, from = seen; i < height; i++, to += 16, from += line) {
        let sum = v128.load(to);
        for (let entry = entries; entry < end; entry += 32)
          sum = f32x4.add(
            sum,
            throughFour(
              entry,
              from + <usize>load<i32>(entry),
              from + <usize>load<i32>(entry, 8),
              from + <usize>load<i32>(entry, 16),
              from + <usize>load<i32>(entry, 24),
            ),
          );
        v128.store(to, sum);
      }
    } else {
      for (let entry = entries; entry < end; entry += 32)
        for (let i = 0, to = sums, from = seen; i < height; i++, to += run, from += line)
          addFour(to, run, entry, from);
    }
  }
}

/** Sum of four weighted pairs, for vectors at these addresses. */
// @ts-ignore: decorator
@inline
function throughFour(pairs: usize, x0: usize, x1: usize, x2: usize, x3: usize): v128 {
  const low = f32x4.add(
    f32x4.mul(v128.load32_splat(pairs, 4), v128.load(x0)),
    f32x4.mul(v128.load32_splat(pairs, 12), v128.load(x1)),
  );
  return f32x4.add(
    low,
    f32x4.add(
      f32x4.mul(v128.load32_splat(pairs, 20), v128.load(x2)),
      f32x4.mul(v128.load32_splat(pairs, 28), v128.load(x3)),
    ),
  );
}

/**
 * Adds to a run what comes through four pairs, of the runs at `from` and their offsets; two vectors at a
 * time.
 */
// @ts-ignore: decorator
@inline
function addFour(to: usize, run: usize, pairs: usize, from: usize): void {
  const g0 = v128.load32_splat(pairs, 4);
  const g1 = v128.load32_splat(pairs, 12);
  const g2 = v128.load32_splat(pairs, 20);
  const g3 = v128.load32_splat(pairs, 28);
  const end = to + run;
  let x0 = from + <usize>load<i32>(pairs);
  let x1 = from + <usize>load<i32>(pairs, 8);
  let x2 = from + <usize>load<i32>(pairs, 16);
  let x3 = from + <usize>load<i32>(pairs, 24);
  for (const whole = to + (run & ~31); to < whole; to += 32, x0 += 32, x1 += 32, x2 += 32, x3 += 32) {
    const a = f32x4.add(f32x4.mul(g0, v128.load(x0)), f32x4.mul(g1, v128.load(x1)));
    const b = f32x4.add(f32x4.mul(g2, v128.load(x2)), f32x4.mul(g3, v128.load(x3)));
    const c = f32x4.add(f32x4.mul(g0, v128.load(x0, 16)), f32x4.mul(g1, v128.load(x1, 16)));
    const d = f32x4.add(f32x4.mul(g2, v128.load(x2, 16)), f32x4.mul(g3, v128.load(x3, 16)));
    v128.store(to, f32x4.add(v128.load(to), f32x4.add(a, b)));
    v128.store(to, f32x4.add(v128.load(to, 16), f32x4.add(c, d)), 16);
  }
  if (to < end) v128.store(to, f32x4.add(v128.load(to), throughFour(pairs, x0, x1, x2, x3)));
}

/** Sorted by place first: what comes back through four filters at one place is added at a time. */
function addToInput(plan: usize): void {
  const rows = 2 * field(plan, Plan.pooledHeight);
  const columns = 2 * field(plan, Plan.pooledWidth);
  const height = field(plan, Plan.kernelHeight);
  const step = (<usize>field(plan, Plan.channels)) << 2;
  const line = <usize>field(plan, Plan.paddedWidth) * step;
  const seen = <usize>field(plan, Plan.seenGradient);
  const kernels = <usize>field(plan, Plan.kernels);
  const run = (<usize>field(plan, Plan.vectors)) << 4;
  const places = <usize>field(plan, Plan.places);
  const scale = placeScale(plan);
  memory.fill(seen, 0, (<usize>field(plan, Plan.paddedSize)) << 2);
  for (let i = 0; i < rows; i++)
    for (let j = 0, at = places + <usize>i * line * scale; j < columns; j++, at += step * scale)
      store<i32>(at, <i32>at + 8);
  const filters = <usize>field(plan, Plan.filters);
  const lists = listBytes(plan);
  const counts = <usize>field(plan, Plan.counts);
  for (
    let o: usize = 0, w = kernels, entries = <usize>field(plan, Plan.lists);
    o < filters;
    o++, w += <usize>height * run, entries += lists
  ) {
    for (
      let entry = entries, end = entries + ((<usize>load<i32>(counts + (o << 2))) << 3);
      entry < end;
      entry += 8
    ) {
      const place = places + <usize>load<i32>(entry) * scale;
      const to = load<i32>(place);
      store<i32>(to, <i32>w);
      store<f32>(to, load<f32>(entry, 4), 4);
      store<i32>(place, to + 8);
    }
  }
  for (let i = 0, start = seen, begin = places; i < rows; i++, start += line, begin += line * scale) {
    for (let j = 0, first = start, place = begin; j < columns; j++, first += step, place += step * scale) {
      let end = <usize>load<i32>(place);
      for (; (end - place - 8) & 31; end += 8) {
        store<i32>(end, <i32>kernels);
        store<f32>(end, 0, 4);
      }
      for (let pair = place + 8; pair < end; pair += 32)
        for (let row = 0, to = first, from: usize = 0; row < height; row++, to += line, from += run)
          addFour(to, run, pair, from);
    }
  }
}

/**
 * The factor from an offset in the input to the offset of a place's pairs, behind the address of their end.
 */
// @ts-ignore: decorator
@inline
function placeScale(plan: usize): usize {
  const channels = field(plan, Plan.channels);
  return (2 * (field(plan, Plan.filters) + 4) + channels - 1) / channels;
}
