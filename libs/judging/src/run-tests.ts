import type { EvaluationDocument, TestResult } from '@noema/evaluation';
import { runInThread } from '@noema/threads';
import { type Baseline, judgeDocument, type JudgingOptions } from './judge-document.js';
import type { RunSamples } from './run-samples.js';

const THREAD = new URL('./judge.worker.js', import.meta.url);

export interface TestRunOptions extends JudgingOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Judges as `judgeDocument`, in a thread, because resampling takes a tenth of a second for a test. */
export const runTests = (
  document: EvaluationDocument,
  current: RunSamples,
  previous: Baseline,
  { signal, ...options }: TestRunOptions,
): Promise<TestResult[]> =>
  judgeDocument(
    document,
    current,
    previous,
    (data) => runInThread<TestResult>({ script: THREAD, name: 'judge', data, signal }),
    options,
  );
