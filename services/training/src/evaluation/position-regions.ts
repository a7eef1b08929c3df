import { elementCount } from '@noema/onnx';
import type { EvaluatedPositions } from '@noema/population/rules';

/** The positions of one sample that have a class. */
export interface PositionRegion {
  readonly classIndex: number;
  readonly className: string;
  /** In row-major order: positions to skip, positions inside, positions to skip, positions inside, … */
  readonly runs: readonly number[];
}

/** The regions of one sample. */
export interface SampleRegions {
  /** Positions of the sample, such as height and width. */
  readonly dims: readonly number[];
  readonly predicted: readonly PositionRegion[];
  /** Empty without ground truth. */
  readonly truths: readonly PositionRegion[];
}

/** The regions of a row by class index; a class without a position is left out. */
export function findRegions(
  { data, dims, channels, isExclusive }: EvaluatedPositions,
  row: number,
  toName: (classIndex: number) => string,
): PositionRegion[] {
  const positions = elementCount(dims);
  const step = isExclusive ? 1 : channels;
  // Of a single mask, the first class is what it does not cover.
  const firstClass = channels === 1 ? 1 : 0;
  const first = row * positions * step;
  const regions = new Map<number, { runs: number[]; end: number }>();
  const add = (classIndex: number, from: number, to: number): void => {
    let region = regions.get(classIndex);
    if (region === undefined) regions.set(classIndex, (region = { runs: [], end: 0 }));
    region.runs.push(from - region.end, to - from);
    region.end = to;
  };
  for (let channel = 0; channel < step; channel++) {
    for (let from = 0; from < positions; ) {
      const value = data[first + from * step + channel]!;
      let to = from + 1;
      while (to < positions && data[first + to * step + channel] === value) to++;
      if (value !== 0) add(isExclusive ? value - 1 : firstClass + channel, from, to);
      from = to;
    }
  }
  return [...regions]
    .sort(([a], [b]) => a - b)
    .map(([classIndex, { runs }]) => ({ classIndex, className: toName(classIndex), runs }));
}
