/** One of `of` parts of a job's work, from 0. */
export interface Slice {
  readonly index: number;
  readonly of: number;
}

/** Returns the items of a slice; all slices in order contain every item once. */
export function takeSlice<T>(items: readonly T[], { index, of }: Slice): T[] {
  const at = (part: number): number => Math.floor((part * items.length) / of);
  return items.slice(at(index), at(index + 1));
}
