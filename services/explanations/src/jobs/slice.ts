/** One of `of` parts of a job's work, from 0. */
export interface Slice {
  readonly index: number;
  readonly of: number;
}

/** The items of a slice: those of all slices, one after the other, are all items once. */
export function takeSlice<T>(items: readonly T[], { index, of }: Slice): T[] {
  const at = (part: number): number => Math.floor((part * items.length) / of);
  return items.slice(at(index), at(index + 1));
}
