import type { EvaluationDocument, judgeTest, TestCase, TestResult } from '@noema/evaluation';
import { findFieldRefusal } from './compared-version.js';
import { type Rows, type RunSamples, toSamples } from './run-samples.js';

/** Arguments of `judgeTest`. */
export type JudgeInput = Parameters<typeof judgeTest>;

/**
 * Judges every test of a document with `judge`, in the order of the document. Versions with the same dataset version
 * are compared on the same samples, which the filter chooses by the present version; others are compared as
 * independent samples.
 */
export async function judgeDocument(
  { tests, slices }: EvaluationDocument,
  current: RunSamples,
  previous: RunSamples | undefined,
  judge: (input: JudgeInput) => Promise<TestResult>,
): Promise<TestResult[]> {
  const filtered = tests.map((test, at) => ({
    test,
    at,
    filter: testFilter(test, slices),
  }));
  const results: TestResult[] = [];
  // Tests of one filter follow each other, because only a part of the samples is stored.
  for (const { test, at, filter } of filtered.sort((a, b) => compareText(a.filter, b.filter))) {
    const rows = await current.rows(filter);
    const now = toSamples(rows, test.expect.aggregate.field);
    results[at] = await judge([test, now, await before(test, filter, rows)]);
  }
  return results;

  async function before(test: TestCase, filter: string, rows: Rows) {
    const { aggregate, limit } = test.expect;
    if (!limit.previous || previous === undefined) return undefined;
    const { field } = aggregate;
    const refusal = field === undefined ? undefined : findFieldRefusal(previous, current, field);
    if (refusal !== undefined) return { ...toSamples([], field), isAligned: false, refusal };
    const isAligned = previous.run.datasetVersionId === current.run.datasetVersionId;
    if (!isAligned) return { ...toSamples(await previous.rows(filter), field), isAligned };
    const byRow = await previous.byRow();
    const same = rows.flatMap(({ row }) => byRow.get(row) ?? []);
    // A run that evaluated a part of the samples cannot be paired with one that evaluated all of them.
    return { ...toSamples(same, field), isAligned: same.length === rows.length };
  }
}

/** Returns the filter of the samples of a test: its slice and its own condition. */
export const testFilter = (
  { on, where }: Pick<TestCase, 'on' | 'where'>,
  slices: EvaluationDocument['slices'],
): string => joinFilters(on === undefined ? '' : slices.get(on)!.where, where);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const joinFilters = (...filters: readonly string[]): string => {
  const used = filters.filter((filter) => filter.trim() !== '');
  return used.length < 2 ? (used[0] ?? '') : used.map((filter) => `(${filter})`).join(' AND ');
};
