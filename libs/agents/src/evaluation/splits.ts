import { findSplit } from '@noema/contracts';
import type { Frame } from '@noema/evaluation';
import type { Value } from '../answer/answer.js';
import { DataText } from '../answer/fence.js';
import type { Rows } from '@noema/judging';

/**
 * Number of samples of each split. A number over the training and the validation split flatters the model, so that
 * an answer names the splits that it mixes.
 */
type SplitCounts = Map<string, number>;

/** Counts one sample. */
export function addSplit(counts: SplitCounts, split = 'unknown'): void {
  counts.set(split, (counts.get(split) ?? 0) + 1);
}

export const listSplits = (counts: ReadonlyMap<string, number>): Value =>
  Array.from(counts, ([split, n]) => ({ split: new DataText(split), n }));

/** Returns the splits of rows of a frame; undefined where it does not know them. */
export function countSplits({ columns }: Frame, rows: Uint32Array): Value | undefined {
  const column = columns.get('split');
  if (column?.kind !== 'text') return undefined;
  const counts: SplitCounts = new Map();
  for (const row of rows) addSplit(counts, column.names[column.codes[row]!]);
  return listSplits(counts);
}

/** Returns the splits of evaluations. */
export function countRowSplits(rows: Rows): Value {
  const counts: SplitCounts = new Map();
  for (const { sample } of rows) addSplit(counts, findSplit(sample?.split));
  return listSplits(counts);
}
