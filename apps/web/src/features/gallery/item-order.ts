/** Numbers or codes that order items; `missing` is the code of an item without one. */
export type OrderKey =
  | { readonly kind: 'number'; readonly values: Float32Array }
  | { readonly kind: 'code'; readonly values: ArrayLike<number>; readonly missing: number };

/** Sort key of items without a value: they come last in both directions. */
const LAST = 0xffffffff;
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = 3;

/**
 * Sorts items by a column; items with equal values keep their order, and items without a value come last.
 * Yields after every pass, so that the caller can let the page draw: a million items take one frame per pass.
 * A radix sort with digits of 11 bits (Knuth, TAOCP 3, 5.2.5).
 */
export function* sortItems(
  items: Uint32Array,
  key: OrderKey,
  isDescending: boolean,
): Generator<void, Uint32Array, void> {
  const { length } = items;
  let keys: Uint32Array = key.kind === 'number' ? numberKeys(items, key.values) : codeKeys(items, key);
  if (isDescending) for (let i = 0; i < length; i++) if (keys[i] !== LAST) keys[i] = LAST - 1 - keys[i]!;
  yield;
  let sorted: Uint32Array = items.slice();
  let otherItems: Uint32Array = new Uint32Array(length);
  let otherKeys: Uint32Array = new Uint32Array(length);
  for (let pass = 0; pass < PASSES; pass++) {
    const shift = pass * DIGIT_BITS;
    const starts = new Uint32Array(DIGITS + 1);
    for (let i = 0; i < length; i++) {
      const digit = (keys[i]! >>> shift) & (DIGITS - 1);
      starts[digit + 1] = starts[digit + 1]! + 1;
    }
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1] = starts[digit + 1]! + starts[digit]!;
    for (let i = 0; i < length; i++) {
      const digit = (keys[i]! >>> shift) & (DIGITS - 1);
      const to = starts[digit]!;
      starts[digit] = to + 1;
      otherItems[to] = sorted[i]!;
      otherKeys[to] = keys[i]!;
    }
    [sorted, otherItems] = [otherItems, sorted];
    [keys, otherKeys] = [otherKeys, keys];
    yield;
  }
  return sorted;
}

/** Bits of the numbers, changed so that they rise with the number; the greatest is kept for NaN. */
function numberKeys(items: Uint32Array, values: Float32Array): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const keys = new Uint32Array(items.length);
  for (let i = 0; i < keys.length; i++) {
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
  return keys;
}

function codeKeys(
  items: Uint32Array,
  { values, missing }: { readonly values: ArrayLike<number>; readonly missing: number },
): Uint32Array {
  const keys = new Uint32Array(items.length);
  for (let i = 0; i < keys.length; i++) {
    const code = values[items[i]!]!;
    keys[i] = code === missing || code < 0 ? LAST : code;
  }
  return keys;
}
