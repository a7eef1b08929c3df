import { type EvaluationDocument, judgeTest, type TestCase, type TestResult } from '@noema/evaluation';
import { type RunSamples, toSamples } from './run-samples.js';

/**
 * Judges every test of a document. Versions with the same dataset version are compared on the same samples, which
 * the filter chooses by the present version; others are compared as independent samples.
 */
export async function runTests(
  { tests, slices }: EvaluationDocument,
  current: RunSamples,
  previous: RunSamples | undefined,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const test of tests) {
    const filter = joinFilters(test.on === undefined ? '' : slices.get(test.on)!.where, test.where);
    const { field } = test.expect.aggregate;
    const rows = await current.rows(filter);
    const now = toSamples(rows, field);
    results.push(judgeTest(test, now, await before(test, filter, rows)));
  }
  return results;

  async function before(test: TestCase, filter: string, rows: Awaited<ReturnType<RunSamples['rows']>>) {
    const { aggregate, limit } = test.expect;
    if (!limit.previous || previous === undefined) return undefined;
    const isAligned = previous.run.datasetVersionId === current.run.datasetVersionId;
    if (!isAligned) return { ...toSamples(await previous.rows(filter), aggregate.field), isAligned };
    const byRow = await previous.byRow();
    const same = rows.flatMap(({ row }) => byRow.get(row) ?? []);
    // A run that evaluated a part of the samples cannot be paired with one that evaluated all of them.
    return { ...toSamples(same, aggregate.field), isAligned: same.length === rows.length };
  }
}

const joinFilters = (...filters: readonly string[]): string => {
  const used = filters.filter((filter) => filter.trim() !== '');
  return used.length < 2 ? (used[0] ?? '') : used.map((filter) => `(${filter})`).join(' AND ');
};
