import type { CodeColumn } from '../points/column.js';

/** A name at the middle of what it names, in the data's units. */
export interface PlaceLabel {
  readonly code: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly z: number /** Points that it stands for. */;
  readonly count: number;
}

/** Points looked at for each name; more do not move a median that can be seen. */
const PER_NAME = 2_000;

/** Where points lie, and how many names there may be. */
export interface LabelSpace {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly z?: Float32Array | undefined;
  readonly most?: number;
}

/**
 * Names at the medians of all their points, whatever is filtered, names with most points first; without the
 * names that fewer than 3 points bear.
 */
export function toLabels(
  { values, missing, names }: CodeColumn,
  { x, y, z, most = 60 }: LabelSpace,
): PlaceLabel[] {
  const counts = new Uint32Array(names.length);
  const members: number[][] = names.map(() => []);
  for (let i = 0; i < values.length; i++) {
    const code = values[i]!;
    if (code === missing || code < 0 || code >= names.length) continue;
    counts[code] = counts[code]! + 1;
    if (members[code]!.length < PER_NAME) members[code]!.push(i);
  }
  return names
    .map((name, code) => ({ code, name, count: counts[code]! }))
    .filter(({ count }) => count >= 3)
    .sort((a, b) => b.count - a.count)
    .slice(0, most)
    .map((label) => ({
      ...label,
      x: computeMedian(members[label.code]!, x),
      y: computeMedian(members[label.code]!, y),
      z: z === undefined ? 0 : computeMedian(members[label.code]!, z),
    }));
}

function computeMedian(points: readonly number[], axis: Float32Array): number {
  const sorted = Float32Array.from(points, (point) => axis[point]!).sort();
  return sorted[sorted.length >> 1]!;
}
