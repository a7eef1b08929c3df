import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { putEntry, putOutput, putSlice } from '../../features/document/document-text.js';

/** Samples below which a proposed test is undecided. */
const MIN_N = '30';
const SLICE = 'insight';

/**
 * The YAML of a suite: a new version no longer has the insight. Where a filter can express its samples, a second test
 * demands of them what the rest has now, by the output of the insight. `task` is that of the output.
 */
export function proposeSuite(
  {
    id,
    membership,
    effect,
    sentence,
    output,
  }: Pick<Insight, 'id' | 'membership' | 'effect' | 'sentence' | 'output'>,
  task: Task | undefined,
): string {
  const name = shorten(sentence);
  const fixed = { name: `fixed: ${name}`, expect: `fixed("${id}")` };
  const suite = putOutput(putEntry('version: 1\n', 'tests', fixed), output);
  const where = membership?.filter ?? '';
  if (where === '') return suite;
  const isClassified = task === Task.MULTI_CLASS || task === Task.BINARY || task === Task.UNSPECIFIED;
  const goal = effect === undefined ? undefined : readGoal(effect.measure, effect.outside);
  const expect = goal ?? (isClassified ? 'mean(correct) >= 0.9' : 'mean(loss) <= previous');
  return putEntry(putSlice(suite, SLICE, where), 'tests', { name, on: SLICE, expect, min_n: MIN_N });
}

/** The goal for the samples of an insight: the number of the rest. */
function readGoal(measure: string, outside: number): string | undefined {
  if (/error/.test(measure)) return `mean(correct) >= ${floored(1 - outside)}`;
  if (/accuracy|correct/.test(measure)) return `mean(correct) >= ${floored(outside)}`;
  if (/loss/.test(measure)) return `mean(loss) <= ${Number(outside.toPrecision(2))}`;
  return undefined;
}

const floored = (share: number): number => Math.floor(100 * Math.min(1, Math.max(0, share)) + 1e-9) / 100;

/** The claim without its numbers, as the name of a test. */
const shorten = (sentence: string): string =>
  sentence
    .split(/[:;.] /)[0]!
    .slice(0, 80)
    .trim();
