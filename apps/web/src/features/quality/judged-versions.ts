import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { TestResult } from '@noema/contracts/noema/quality/v1/test_result';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { toMs } from '../../parts/instants.js';
import { readVerdict, type VerdictName } from './verdicts.js';

/** The results of a suite for one epoch of a run. */
export interface JudgedVersion {
  readonly runId: string;
  /** Undefined if the run has been deleted. */
  readonly run: Run | undefined;
  readonly epoch: number;
  readonly baselineRunId: string;
  readonly judgeTime: Timestamp | undefined;
  readonly results: ReadonlyMap<string, TestResult>;
}

/** Groups results by version; the newest run comes first, deleted runs last. */
export function toVersions(results: readonly TestResult[], runs: readonly Run[]): JudgedVersion[] {
  const groups = new Map<string, TestResult[]>();
  for (const result of results) {
    const key = `${result.runId}/${result.epoch}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const places = new Map(runs.map(({ id }, place) => [id, place]));
  const place = ({ runId }: JudgedVersion): number => places.get(runId) ?? runs.length;
  return [...groups.values()]
    .map((group): JudgedVersion => {
      const newest = group.reduce((a, b) => ((toMs(b.createTime) ?? 0) > (toMs(a.createTime) ?? 0) ? b : a));
      const { runId, epoch, baselineRunId, createTime } = newest;
      return {
        ...{ runId, epoch, baselineRunId, judgeTime: createTime },
        run: runs[places.get(runId) ?? -1],
        results: new Map(group.map((result) => [result.testName, result])),
      };
    })
    .sort((a, b) => place(a) - place(b) || b.epoch - a.epoch);
}

export type VerdictCounts = Readonly<Record<VerdictName, number>>;

/** Counts the tests of a suite by their verdict for a version. */
export function countByVerdict(
  testNames: readonly string[],
  results: ReadonlyMap<string, TestResult>,
): VerdictCounts {
  const counts = { pass: 0, fail: 0, undecided: 0, unjudged: 0 };
  for (const name of testNames) counts[readVerdict(results.get(name))]++;
  return counts;
}

const RANKS: readonly VerdictName[] = ['fail', 'undecided', 'unjudged', 'pass'];

/** The test to look at first: one that failed, else an undecided one; with the most samples. */
export const worstResult = (
  testNames: readonly string[],
  results: ReadonlyMap<string, TestResult>,
): TestResult | undefined =>
  testNames
    .flatMap((name) => results.get(name) ?? [])
    .sort(
      (a, b) => RANKS.indexOf(readVerdict(a)) - RANKS.indexOf(readVerdict(b)) || Number(b.n) - Number(a.n),
    )[0];

/** Whether the tests of a suite were changed after a version was judged, so that its results do not count. */
export const isOutdated = (
  { results }: Pick<JudgedVersion, 'results'>,
  { testNames }: { readonly testNames: readonly string[] },
): boolean => testNames.some((name) => results.get(name)?.outdated === true);
