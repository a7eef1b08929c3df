import {
  type EvaluationDocument,
  type judgeTest,
  type PreviousSamples,
  type SampleTest,
  type TestResult,
  undecidedTest,
} from '@noema/evaluation';
import { DomainError } from '@noema/kernel/domain-error';
import { findFieldRefusal } from './compared-version.js';
import { judgeInsights } from './judge-insights.js';
import type { RunInsights } from './run-insights.js';
import { type RunSamples, toJudgedSamples } from './run-samples.js';
import { type SampleColumns, selectRows } from './sample-columns.js';
import { testFilter } from './test-filter.js';

/** Arguments of `judgeTest`. */
export type JudgeInput = Parameters<typeof judgeTest>;

/** The run `previous`, or the reason that it is missing, in a sentence; undefined if no run was named. */
export type Baseline = RunSamples | { readonly refusal: string } | undefined;

export interface JudgingOptions {
  /** The insights of the present version, for tests about insights. */
  readonly insights: RunInsights;
  /**
   * Effect of an unknown field, of a filter that the data do not know, and of too many samples: `throw` ends with that
   * error, `undecided` gives it as the reason of the test. Default: `throw`.
   */
  readonly whenRefused?: 'throw' | 'undecided';
  /** Called after each test. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Judges every test of a document with `judge`, in the order of the document, each by its output. Versions with the
 * same dataset version are compared on the same samples, which the filter chooses by the present version; others are
 * compared as independent samples.
 */
export async function judgeDocument(
  { tests, slices }: EvaluationDocument,
  current: RunSamples,
  previous: Baseline,
  judge: (input: JudgeInput) => Promise<TestResult>,
  { insights, whenRefused = 'throw', onProgress }: JudgingOptions,
): Promise<TestResult[]> {
  const filtered = tests.map((test, at) => ({
    test,
    at,
    output: test.kind === 'insights' ? '' : test.output,
    filter: test.kind === 'insights' ? '' : testFilter(test, slices),
  }));
  const results: TestResult[] = [];
  // Tests of one output and filter follow each other, because only a part of the samples is stored.
  for (const [done, { test, at, filter }] of filtered
    .sort((a, b) => compareText(a.output, b.output) || compareText(a.filter, b.filter))
    .entries()) {
    try {
      results[at] =
        test.kind === 'insights' ? await judgeInsights(test, insights) : await judgeOne(test, filter);
    } catch (error) {
      if (whenRefused === 'throw' || !isRefusal(error)) throw error;
      results[at] = undecidedTest(test.name, `the test cannot be judged: ${error.message}`);
    }
    onProgress?.(done + 1, tests.length);
  }
  return results;

  async function judgeOne(test: SampleTest, filter: string): Promise<TestResult> {
    const ofOutput = current.withOutput(test.output);
    const columns = await ofOutput.columns(filter);
    const now = toJudgedSamples(columns, test.expect.aggregate.field);
    return judge([test, now, await before(test, filter, { columns, now: ofOutput })]);
  }

  async function before(
    test: SampleTest,
    filter: string,
    { columns, now }: { readonly columns: SampleColumns; readonly now: RunSamples },
  ): Promise<PreviousSamples | undefined> {
    const { aggregate, limit } = test.expect;
    if (!limit.previous || previous === undefined) return undefined;
    const { field } = aggregate;
    const none = { count: 0, field: undefined, isAligned: false };
    if ('refusal' in previous) return { ...none, refusal: previous.refusal };
    const earlier = findEarlier(previous, test.output);
    if ('refusal' in earlier) return { ...none, refusal: earlier.refusal };
    const refusal = field === undefined ? undefined : findFieldRefusal(earlier, now, field);
    if (refusal !== undefined) return { ...none, refusal };
    const isAligned = earlier.run.datasetVersionId === now.run.datasetVersionId;
    if (!isAligned) return { ...toJudgedSamples(await earlier.columns(filter), field), isAligned };
    const same = selectRows(await earlier.columns(''), columns.rows);
    // A run that evaluated a part of the samples cannot be paired with one that evaluated all of them.
    return { ...toJudgedSamples(same, field), isAligned: same.rows.length === columns.rows.length };
  }
}

/** The samples of the previous version by an output, or the reason that it lacks the output. */
function findEarlier(previous: RunSamples, output: string): RunSamples | { readonly refusal: string } {
  try {
    return previous.withOutput(output);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { refusal: error.message };
  }
}

/** Whether the test or the data are the cause of an error, so that no retry helps. */
const isRefusal = (error: unknown): error is DomainError =>
  error instanceof DomainError &&
  (error.kind === 'invalid' || error.kind === 'unsupported' || error.reason === 'OUTPUT_NOT_FOUND');

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
