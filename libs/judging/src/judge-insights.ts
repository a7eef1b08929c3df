import { type Insight, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import {
  type InsightCondition,
  type InsightCount,
  type InsightTest,
  judgeInsightCount,
  type TestResult,
  undecidedTest,
} from '@noema/evaluation';
import { asDomainError, DomainError } from '@noema/kernel/domain-error';
import { countInsightSamples } from './insight-samples.js';
import type { RunInsights } from './run-insights.js';
import { readCoverage } from './search-coverage.js';

/** Judges a test about insights. Throws `invalid` INSIGHT_UNKNOWN for an insight that does not exist. */
export const judgeInsights = async (test: InsightTest, insights: RunInsights): Promise<TestResult> =>
  test.expect.measure === 'fixed'
    ? judgeFixed(test, test.expect.insightId, insights)
    : judgeCount(test, test.expect, insights);

async function judgeCount(
  test: InsightTest,
  { measure, conditions }: InsightCount,
  insights: RunInsights,
): Promise<TestResult> {
  const coverage = readCoverage(await insights.searches(''), conditions, insights.epoch);
  if (coverage.refusal !== undefined) return undecidedTest(test.name, coverage.refusal);
  const found = await insights.list(
    [insights.ofFirstOutput, formatConditions(conditions)].filter(Boolean).join(' AND '),
  );
  const count = { value: found.length, bounds: { low: found.length, high: found.length } };
  return judgeInsightCount(test, {
    ...coverage,
    ...(measure === 'insights' ? count : await countInsightSamples(found, insights.platform)),
    sentences: found.map(({ sentence }) => sentence),
  });
}

/** Without a condition on the state, insights that members dismissed or fixed do not count. */
const OPEN = 'state != INSIGHT_STATE_DISMISSED AND state != INSIGHT_STATE_FIXED';
const ENUMS: Readonly<Record<string, string>> = { state: 'INSIGHT_STATE', change: 'INSIGHT_CHANGE' };

/** The conditions in the language of filters. */
function formatConditions(conditions: readonly InsightCondition[]): string {
  const written = conditions.map(({ field, comparator, value }) => {
    const prefix = ENUMS[field];
    const text = prefix === undefined ? JSON.stringify(value) : `${prefix}_${String(value).toUpperCase()}`;
    return `${field} ${comparator} ${text}`;
  });
  return [...written, ...(conditions.some(({ field }) => field === 'state') ? [] : [OPEN])].join(' AND ');
}

async function judgeFixed(test: InsightTest, insightId: string, insights: RunInsights): Promise<TestResult> {
  const target = await findInsight(insightId, insights);
  const data = await compareData(target, insights);
  if (data.refusal !== undefined) return undecidedTest(test.name, data.refusal);
  const kind = { field: 'kind', comparator: '=', value: target.kind } as const;
  const {
    refusal: unsearched,
    gaps,
    notes,
    n,
  } = readCoverage(await insights.searches(target.output), [kind], insights.epoch);
  const why = unsearched ?? (gaps.length > 0 ? gaps.join('; ') : undefined);
  if (why !== undefined) return undecidedTest(test.name, why);
  const again = await insights.list('', { sameAsInsightId: insightId, includeHints: true });
  const claim = target.sentence.replace(/\.$/, '');
  const result = (verdict: TestResult['verdict'], value: number, ...sentences: string[]): TestResult => ({
    ...{ ...undecidedTest(test.name, '', n), verdict, value },
    summary: `${verdict}: ${[...sentences, ...(data.note === undefined ? [] : [data.note]), ...notes].join('; ')}`,
  });
  const isOpen = ({ state }: Insight): boolean =>
    state !== InsightState.HINT && state !== InsightState.DISMISSED && state !== InsightState.FIXED;
  const open = again.find(isOpen);
  if (open !== undefined) {
    const now = open.sentence.replace(/\.$/, '');
    return result(
      'fail',
      open.memberCount,
      now === claim ? `still found: ${now}` : `still found: ${now}; it was: ${claim}`,
    );
  }
  const hint = again.find(({ state }) => state === InsightState.HINT);
  if (hint !== undefined)
    return result(
      'undecided',
      hint.memberCount,
      `found again, but not confirmed: ${hint.sentence.replace(/\.$/, '')}`,
    );
  return result('pass', 0, again.length > 0 ? `closed by a member: ${claim}` : `not found again: ${claim}`);
}

async function findInsight(insightId: string, { platform, run }: RunInsights): Promise<Insight> {
  const unknown = (cause?: unknown): DomainError =>
    new DomainError(
      'invalid',
      'INSIGHT_UNKNOWN',
      `the project has no insight ${insightId}; insights of deleted runs and searches are deleted with them`,
      { cause },
    );
  try {
    const { insight } = await platform.insights.getInsight({ insightId });
    if (insight?.projectId !== run.projectId) throw unknown();
    return insight;
  } catch (error) {
    if (['not-found', 'invalid'].includes(asDomainError(error).kind)) throw unknown(error);
    throw error;
  }
}

/** Samples of an insight that are looked up in other data. */
const MAX_LOOKED_UP = 20;

/** Looks the samples of an insight up in the data of the run; returns a reason not to judge, or a note. */
async function compareData(
  { id: insightId, datasetVersionId }: Insight,
  { platform, run }: RunInsights,
): Promise<{ readonly refusal?: string; readonly note?: string }> {
  if (datasetVersionId === run.datasetVersionId) return {};
  const { members } = await platform.insights.listInsightMembers({ insightId, pageSize: MAX_LOOKED_UP });
  let absent = 0;
  for (const { sample } of members) {
    const { split, sampleId } = sample!;
    try {
      await platform.samples.getSample({ datasetVersionId: run.datasetVersionId, split, sampleId });
    } catch (error) {
      if (asDomainError(error).kind !== 'not-found') throw error;
      absent++;
    }
  }
  const first = `of the first ${members.length} samples of the insight`;
  if (members.length > 0 && absent === members.length)
    return { refusal: `the run has other data: none ${first} is in them` };
  return absent === 0 ? {} : { note: `${absent} ${first} are no longer in the data` };
}
