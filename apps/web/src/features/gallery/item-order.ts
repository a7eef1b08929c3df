/** Numbers or codes that order items; `missing` is the code of an item without one. */
export type OrderKey =
  | { readonly kind: 'number'; readonly values: Float32Array }
  | { readonly kind: 'code'; readonly values: ArrayLike<number>; readonly missing: number };

/** Sort key of items without a value: they come last in both directions. */
const LAST = 0xffffffff;
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 3;

/** Items of a step, some milliseconds of work. */
export const STEP = 65_536;

/**
 * Sorts items by a column; items with equal values keep their order, and items without a value come last.
 * Yields after every step, so that the caller can let the page draw. A radix sort with digits of 11 bits (Knuth, TAOCP
 * 3, 5.2.5).
 */
export function* sortItems(
  items: Uint32Array,
  key: OrderKey,
  isDescending: boolean,
): Generator<void, Uint32Array, void> {
  const { length } = items;
  const writeKeys = key.kind === 'number' ? numberKeys(key.values) : codeKeys(key);
  let keys: Uint32Array = new Uint32Array(length);
  for (const step of listSteps(length)) {
    writeKeys(items, keys, step);
    const [from, to] = step;
    if (isDescending) for (let i = from; i < to; i++) if (keys[i] !== LAST) keys[i] = LAST - 1 - keys[i]!;
    yield;
  }
  let sorted: Uint32Array = items.slice();
  let otherItems: Uint32Array = new Uint32Array(length);
  let otherKeys: Uint32Array = new Uint32Array(length);
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = pass * DIGIT_BITS;
    const starts = new Uint32Array(DIGITS + 1);
    for (const step of listSteps(length)) {
      countDigits(keys, shift, starts, step);
      yield;
    }
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] = starts[digit + 1]! + starts[digit]!;
    for (const [from, to] of listSteps(length)) {
      for (let i = from; i < to; i++) {
        const digit = (keys[i]! >>> shift) & (DIGITS - 1);
        const at = starts[digit]!;
        starts[digit] = at + 1;
        otherItems[at] = sorted[i]!;
        otherKeys[at] = keys[i]!;
      }
      yield;
    }
    [sorted, otherItems] = [otherItems, sorted];
    [keys, otherKeys] = [otherKeys, keys];
  }
  return sorted;
}

/** The items from one place up to another one. */
type Step = readonly [from: number, to: number];

const listSteps = (length: number): Step[] =>
  Array.from({ length: Math.ceil(length / STEP) }, (_, at) => [at * STEP, Math.min(length, (at + 1) * STEP)]);

/** Writes the keys of some items. */
type WriteKeys = (items: Uint32Array, keys: Uint32Array, step: Step) => void;

/** Bits of the numbers, changed so that they rise with the number; the greatest is kept for NaN. */
function numberKeys(values: Float32Array): WriteKeys {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return (items, keys, [from, to]) => {
    for (let i = from; i < to; i++) {
      const one = values[items[i]!]!;
      const raw = bits[items[i]!]!;
      keys[i] = Number.isNaN(one)
        ? LAST
        : one === 0
          ? 0x80000000 // Both zeros are equal.
          : raw >>> 31 === 1
            ? ~raw
            : raw | 0x80000000;
    }
  };
}

const codeKeys =
  ({ values, missing }: { readonly values: ArrayLike<number>; readonly missing: number }): WriteKeys =>
  (items, keys, [from, to]) => {
    for (let i = from; i < to; i++) {
      const code = values[items[i]!]!;
      keys[i] = code === missing || code < 0 ? LAST : code;
    }
  };

/** Counts each digit behind its place in `starts`. */
function countDigits(keys: Uint32Array, shift: number, starts: Uint32Array, [from, to]: Step): void {
  for (let i = from; i < to; i++) {
    const digit = (keys[i]! >>> shift) & (DIGITS - 1);
    starts[digit + 1] = starts[digit + 1]! + 1;
  }
}
