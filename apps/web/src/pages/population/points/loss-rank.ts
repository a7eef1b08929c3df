import { type BitMask, hasBit } from './bit-mask.js';

/** The shown points with the highest numbers, highest first. */
export function highest(values: Float32Array, shown: BitMask | undefined, most: number): number[] {
  const top: number[] = [];
  let bar = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value > bar) || (shown !== undefined && !hasBit(shown, i))) continue;
    let at = top.length;
    while (at > 0 && values[top[at - 1]!]! < value) at--;
    top.splice(at, 0, i);
    if (top.length > most) top.pop();
    if (top.length === most) bar = values[top[most - 1]!]!;
  }
  return top;
}

/**
 * The shown point that comes after, or before, one in falling order of the numbers; the highest when there is
 * none to begin at, −1 when none is left.
 */
export function nextInRank(
  values: Float32Array,
  shown: BitMask | undefined,
  from: number | undefined,
  direction: 1 | -1,
): number {
  if (from === undefined) return highest(values, shown, 1)[0] ?? -1;
  const start = values[from]!;
  let best = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i === from || Number.isNaN(value) || (shown !== undefined && !hasBit(shown, i))) continue;
    const isBehind =
      direction === 1
        ? value < start || (value === start && i > from)
        : value > start || (value === start && i < from);
    if (!isBehind) continue;
    const isNearer =
      best < 0 ||
      (direction === 1
        ? value > values[best]! || (value === values[best]! && i < best)
        : value < values[best]! || (value === values[best]! && i > best));
    if (isNearer) best = i;
  }
  return best;
}
