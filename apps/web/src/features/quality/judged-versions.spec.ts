import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { TestResultSchema, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import { describe, expect, it } from 'vitest';
import { countByVerdict, isOutdated, toVersions, worstResult } from './judged-versions.js';
import { decidingText, resultNumber } from './verdicts.js';

const RUNS = ['new', 'old'].map((id) => create(RunSchema, { id }));
const result = (runId: string, testName: string, status: TestStatus, n = 10, ms = 1) =>
  create(TestResultSchema, {
    ...{ runId, testName, status, epoch: 3, n: BigInt(n) },
    createTime: timestampFromMs(ms),
  });

describe('the results of a suite', () => {
  const versions = toVersions(
    [
      result('old', 'a', TestStatus.PASS, 10, 9),
      result('deleted', 'a', TestStatus.PASS),
      result('new', 'a', TestStatus.FAIL),
      result('new', 'b', TestStatus.UNDECIDED),
      result('new', 'c', TestStatus.FAIL, 20, 5),
    ],
    RUNS,
  );

  it('are one version a run, the newest run first and deleted ones last', () => {
    expect(versions.map(({ runId, run }) => [runId, run?.id])).toEqual([
      ['new', 'new'],
      ['old', 'old'],
      ['deleted', undefined],
    ]);
  });

  it('count a test without a result as not judged', () => {
    expect(countByVerdict(['a', 'b', 'd'], versions[0]!.results)).toEqual({
      ...{ pass: 0, fail: 1, undecided: 1, unjudged: 1 },
    });
  });

  it('have a worst test: failed, with the most samples', () => {
    expect(worstResult(['a', 'b', 'c'], versions[0]!.results)?.testName).toBe('c');
    expect(worstResult(['d'], versions[0]!.results)).toBeUndefined();
  });

  it('are outdated with one of another text, unless the suite has its test no longer', () => {
    const [version] = toVersions(
      [{ ...result('new', 'a', TestStatus.PASS), outdated: true }, result('new', 'b', TestStatus.PASS)],
      RUNS,
    );
    expect(isOutdated(version!, { testNames: ['a', 'b'] })).toBe(true);
    expect(isOutdated(version!, { testNames: ['b', 'c'] })).toBe(false);
  });
});

describe('a result in words', () => {
  const interval = { low: -0.02, high: 0.01 } as never;
  it.each([
    [{ value: 0.93, interval }, '0.93 [−0.02, 0.01]'],
    [{ value: 7 }, '7'],
    [{ value: 0.93, previous: 0.94, interval }, '0.93, was 0.94, difference [−0.02, 0.01]'],
    [{}, 'no value'],
  ])('of %o is %s', (fields, text) => {
    expect(resultNumber(fields as never)).toBe(text);
  });

  it('names the number of samples that would decide it', () => {
    expect(decidingText({ decidingN: 3238n })).toBe('about 3,238 samples would decide it');
    expect(decidingText({ decidingN: 0n })).toBeUndefined();
  });
});
