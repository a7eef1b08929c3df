import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { type Insight, InsightSchema, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import {
  InsightOutcomeState,
  type InsightSearch,
  InsightSearchSchema,
} from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { OutputObjectiveSchema } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { type InsightTest, parseDocument, type TestResult } from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { judgeInsights } from './judge-insights.js';
import { RunInsights } from './run-insights.js';

type Fields<T> = Partial<Omit<Extract<T, { readonly $typeName: string }>, '$typeName' | '$unknown'>>;

const { DONE, SKIPPED, FAILED } = InsightOutcomeState;
const RUN = { id: 'r', projectId: 'p', datasetVersionId: 'd', objectives: [] };
const OUTPUTS = ['place', 'corner'].map((output) => create(OutputObjectiveSchema, { output }));

interface Planted {
  readonly searches?: readonly InsightSearch[];
  /** Insights that the list returns; `same` the ones with the samples of the named one. */
  readonly found?: readonly Insight[];
  readonly same?: readonly Insight[];
  readonly target?: Insight;
  readonly rows?: Readonly<Record<string, readonly number[]>>;
  readonly wrongShare?: readonly [number, number];
  /** Outputs of the run. Default: one without a name. */
  readonly outputs?: typeof OUTPUTS;
  /** Ids of the samples that the data of the run have. */
  readonly sampleIds?: readonly string[];
}

const search = (over: MessageInitShape<typeof InsightSearchSchema> = {}): InsightSearch =>
  create(InsightSearchSchema, {
    ...{ state: JobState.SUCCEEDED, sampleCount: 900, searchedCount: 900, epoch: 3 },
    outcomes: [
      { kind: 'leakage', title: 'Leakage', state: DONE },
      { kind: 'forgotten', title: 'Forgotten', state: SKIPPED, reason: 'there is no history' },
    ],
    ...over,
  });

const insight = (over: Fields<Insight> = {}): Insight =>
  create(InsightSchema, {
    ...{ id: 'i', projectId: 'p', kind: 'leakage', datasetVersionId: 'd', memberCount: 3 },
    ...{ state: InsightState.CONFIRMED, sentence: '3 twins across splits.' },
    ...over,
  });

const filters: string[] = [];

/** Judges one test of a run whose insights are planted. */
async function judge(expectation: string, planted: Planted): Promise<TestResult> {
  const document = parseDocument({ version: 1, tests: [{ name: 'a', expect: expectation }] });
  const { searches = [search()], found = [], same = [], target, rows = {}, wrongShare } = planted;
  filters.length = 0;
  const [wrongShareLow, wrongShareHigh] = wrongShare ?? [0, 1];
  const platform = {
    insightSearches: {
      listInsightSearches: () => Promise.resolve({ insightSearches: [...searches], nextPageToken: '' }),
    },
    insights: {
      getInsight: () =>
        target === undefined
          ? Promise.reject(new DomainError('not-found', 'INSIGHT_NOT_FOUND', 'no'))
          : Promise.resolve({ insight: target }),
      listInsights: ({ filter, sameAsInsightId }: { filter?: string; sameAsInsightId?: string }) => {
        filters.push(filter!);
        return Promise.resolve({ insights: [...(sameAsInsightId ? same : found)], nextPageToken: '' });
      },
      getInsightAudit: () => Promise.resolve({ audit: { wrongShareLow, wrongShareHigh } as never }),
      listInsightMembers: ({ insightId = '' }) =>
        Promise.resolve({
          bitmap: Uint8Array.of((rows[insightId] ?? []).reduce((bits, row) => bits | (1 << row), 0)),
          members: (rows[insightId] ?? []).map((row) => ({
            row,
            sample: { split: Split.TRAINING, sampleId: `s${row}` },
          })) as never,
          totalSize: 0,
        }),
    },
    samples: {
      getSample: ({ sampleId = '' }) =>
        planted.sampleIds?.includes(sampleId)
          ? Promise.resolve({})
          : Promise.reject(new DomainError('not-found', 'SAMPLE_NOT_FOUND', 'no')),
    },
  };
  return judgeInsights(
    document.tests[0] as InsightTest,
    new RunInsights(platform, { ...RUN, objectives: planted.outputs ?? [] }, 3),
  );
}

describe('a test about insights', () => {
  it.each([
    [[], 'was not searched for insights after epoch 3'],
    [[search({ state: JobState.RUNNING })], 'has not ended'],
    [[search({ state: JobState.FAILED, fault: { message: 'disk full' } })], 'failed: disk full'],
  ])('is undecided without a search that succeeded', async (searches, why) => {
    const result = await judge('count(insights) = 0', { searches });
    expect(result).toMatchObject({ verdict: 'undecided', summary: expect.stringContaining(why) });
  });

  it('is undecided about a kind that was skipped, or that does not exist', async () => {
    const skipped = await judge('count(insights, kind = forgotten) = 0', {});
    expect(skipped).toMatchObject({
      verdict: 'undecided',
      summary: expect.stringContaining('Forgotten was not searched: there is no history'),
    });
    const misspelled = await judge('count(insights, kind = leekage) = 0', {});
    expect(misspelled.summary).toContain(
      'no search after epoch 3 was for a kind = leekage; searched: leakage',
    );
  });

  it('counts insights of the first of several outputs', async () => {
    const searches = [search({ output: 'corner' })];
    const open = { outputs: OUTPUTS, searches };
    expect(await judge('count(insights) = 0', open)).toMatchObject({ verdict: 'undecided' });
    const both = { ...open, searches: [...searches, search({ output: 'place' })] };
    expect(await judge('count(insights) = 0', both)).toMatchObject({ verdict: 'pass' });
    expect(filters[0]).toMatch(/^epoch = 3 AND \(output = "" OR output = "place"\) AND /);
  });

  it('is fixed only by a search of the output of the insight', async () => {
    const target = insight({ output: 'corner' });
    const other = { outputs: OUTPUTS, target, searches: [search({ output: 'place' }), search()] };
    expect(await judge('fixed("i")', other)).toMatchObject({ verdict: 'undecided' });
    const own = { ...other, searches: [search({ output: 'corner' })] };
    expect(await judge('fixed("i")', own)).toMatchObject({ verdict: 'pass' });
    const old = { ...other, target: insight({ output: '' }) };
    expect(await judge('fixed("i")', old)).toMatchObject({ verdict: 'pass' });
  });

  it('names skipped kinds when it is about all kinds, and counts open insights of the epoch', async () => {
    const result = await judge('count(insights, severity >= 2, change = born) = 0', {});
    expect(result).toMatchObject({ verdict: 'pass', value: 0, n: 900 });
    expect(result.summary).toContain('skipped, because the data lack something: Forgotten');
    expect(filters).toEqual([
      'epoch = 3 AND severity >= 2 AND change = INSIGHT_CHANGE_BORN AND ' +
        'state != INSIGHT_STATE_DISMISSED AND state != INSIGHT_STATE_FIXED',
    ]);
  });

  it('fails by what other kinds have, although one kind failed', async () => {
    const outcomes = [
      { kind: 'leakage', title: 'Leakage', state: DONE },
      { kind: 'mislabelled', title: 'Mislabelled', state: FAILED, fault: { message: 'out of memory' } },
    ];
    const searches = [search({ outcomes })];
    expect((await judge('count(insights) = 0', { searches })).verdict).toBe('undecided');
    const result = await judge('count(insights) = 0', { searches, found: [insight()] });
    expect(result).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('3 twins across splits'),
    });
  });

  it('prefers an earlier search that searched the kind to a newer one that skipped it', async () => {
    const older = search({ outcomes: [{ kind: 'forgotten', state: DONE }], readyTime: { seconds: 1n } });
    const newer = search({ readyTime: { seconds: 2n } });
    const result = await judge('count(insights, kind = forgotten) = 0', { searches: [newer, older] });
    expect(result.verdict).toBe('pass');
  });
});

describe('a test of the number of samples', () => {
  const twice = [insight({ id: 'a' }), insight({ id: 'b' })];
  const rows = { a: [0, 1, 2], b: [2, 3, 4] };

  it('counts a sample of two insights once', async () => {
    const result = await judge('samples(insights) <= 5', { found: twice, rows });
    expect(result).toMatchObject({ verdict: 'pass', value: 5, interval: undefined });
  });

  it('has the bracket of the kind, and the interval of an audit', async () => {
    const labels = insight({ id: 'a', memberCount: 3, numbers: { least: 1, most: 3 } });
    const bracket = await judge('samples(insights) <= 2', { found: [labels], rows });
    expect(bracket).toMatchObject({ verdict: 'undecided', value: 3, interval: { low: 1, high: 3 } });
    const audited = insight({ id: 'a', memberCount: 3, verdictCount: 2 });
    const result = await judge('samples(insights) <= 2', { found: [audited], rows, wrongShare: [0.1, 0.6] });
    expect(result).toMatchObject({ verdict: 'pass', interval: { low: 0, high: 2 } });
  });
});

describe('a test that an insight is fixed', () => {
  const target = insight({ id: 'a' });
  const fixed = 'fixed("a")';

  it('passes when no insight has its samples', async () => {
    const result = await judge(fixed, { target });
    expect(result).toMatchObject({
      verdict: 'pass',
      value: 0,
      summary: 'pass: not found again: 3 twins across splits',
    });
  });

  it.each([
    [InsightState.CONFIRMED, 'fail', 'still found: 2 twins'],
    [InsightState.HINT, 'undecided', 'found again, but not confirmed: 2 twins'],
    [InsightState.DISMISSED, 'pass', 'closed by a member'],
  ])('decides by the state %i of the one that has them', async (state, verdict, summary) => {
    const same = [insight({ id: 'b', state, memberCount: 2, sentence: '2 twins.' })];
    expect(await judge(fixed, { target, same })).toMatchObject({
      verdict,
      summary: expect.stringContaining(summary),
    });
  });

  it('is undecided without a search of its kind, and with data that lack its samples', async () => {
    const searches = [
      search({ outcomes: [{ kind: 'leakage', title: 'Leakage', state: SKIPPED, reason: 'no inputs' }] }),
    ];
    expect((await judge(fixed, { target, searches })).summary).toContain(
      'undecided: Leakage was not searched',
    );
    const other = insight({ id: 'a', datasetVersionId: 'other' });
    const rows = { a: [0, 1] };
    expect(await judge(fixed, { target: other, rows })).toMatchObject({
      verdict: 'undecided',
      summary: expect.stringContaining('none of the first 2 samples of the insight is in them'),
    });
    const changed = await judge(fixed, { target: other, rows, sampleIds: ['s1'] });
    expect(changed.summary).toContain('1 of the first 2 samples of the insight are no longer in the data');
  });

  it('refuses an insight of another project, and one that does not exist', async () => {
    await expect(judge(fixed, {})).rejects.toMatchObject({ reason: 'INSIGHT_UNKNOWN', kind: 'invalid' });
    const other = insight({ projectId: 'q' });
    await expect(judge(fixed, { target: other })).rejects.toMatchObject({ reason: 'INSIGHT_UNKNOWN' });
  });
});
