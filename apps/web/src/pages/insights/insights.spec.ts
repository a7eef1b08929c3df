import { create } from '@bufbuild/protobuf';
import {
  InsightEffectSchema,
  InsightMembershipSchema,
  InsightState,
} from '@noema/contracts/noema/insights/v1/insight';
import { InsightOutcomeSchema, InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { OutputObjectiveSchema } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { describe, expect, it } from 'vitest';
import { readDocumentText } from '../../features/document/document-text.js';
import { listExports } from './insight-export.js';
import {
  countHints,
  countKinds,
  isAcceptedHint,
  isFirstOutput,
  isListed,
  listInsightOutputs,
} from './insight-filter.js';
import { proposeSuite } from './insight-test.js';
import { findCommon, summarizeSearch } from './search-summary.js';

const insight = (filter: string, measure: string, outside: number) => ({
  id: '0190b5a0-0000-7000-8000-00000000000a',
  sentence: 'Dim 7s: 41 samples, 61 % right',
  membership: create(InsightMembershipSchema, { filter }),
  effect: create(InsightEffectSchema, { measure, outside }),
  output: '',
});

describe('a list of insights', () => {
  it('leaves out dismissed and fixed ones until they are wanted', () => {
    const open = { kind: '', state: 'open', output: { output: '', isFirst: false } };
    const shown = [
      InsightState.CONFIRMED,
      InsightState.APPROVED,
      InsightState.DISMISSED,
      InsightState.FIXED,
    ].map((state) => isListed({ kind: 'a', output: '', state }, open));
    expect(shown).toEqual([true, true, false, false]);
    const dismissed = { kind: 'a', output: '', state: InsightState.DISMISSED };
    expect(isListed(dismissed, { ...open, kind: 'a', state: 'dismissed' })).toBe(true);
    expect(isListed(dismissed, { ...open, kind: 'b', state: 'all' })).toBe(false);
  });
  it('shows one output, or all of them', () => {
    const list = ['place', '', 'corner', 'corner'].map((output) => ({
      ...{ kind: 'a', state: InsightState.CONFIRMED, output },
    }));
    expect(listInsightOutputs(list)).toEqual(['corner', 'place']);
    const objectives = ['place', 'corner'].map((output) => create(OutputObjectiveSchema, { output }));
    const count = (output: string) => {
      const shown = { output, isFirst: isFirstOutput([{ id: 'r', objectives }], 'r', output) };
      return list.filter((one) => isListed(one, { kind: '', state: 'open', output: shown })).length;
    };
    // An older search named no output: its insight is of the first one.
    expect([count(''), count('corner'), count('place')]).toEqual([4, 2, 2]);
  });
  it('has the hints of the newest search of each output', () => {
    const { SUCCEEDED, FAILED } = JobState;
    const searches = [
      { state: FAILED, output: 'corner', hintCount: 0 },
      { state: SUCCEEDED, output: 'corner', hintCount: 0 },
      { state: SUCCEEDED, output: 'place', hintCount: 3 },
      { state: SUCCEEDED, output: 'corner', hintCount: 5 },
    ];
    const of = (output: string) => countHints(searches, { output, isFirst: false });
    expect([of(''), of('corner')]).toEqual([3, 0]);
  });
  it('keeps hints apart that members accepted', () => {
    const { HINT, CONFIRMED, APPROVED } = InsightState;
    const pairs = [
      [HINT, APPROVED],
      [HINT, HINT],
      [CONFIRMED, APPROVED],
    ] as const;
    expect(pairs.map(([foundState, state]) => isAcceptedHint({ foundState, state }))).toEqual([
      true,
      false,
      false,
    ]);
  });
  it('counts kinds by title', () => {
    const kinds = ['b', 'a', 'b'].map((kind) => ({ kind, kindTitle: kind === 'a' ? '' : 'Bad' }));
    expect(countKinds(kinds)).toEqual([
      { kind: 'b', title: 'Bad', count: 2 },
      { kind: 'a', title: 'a', count: 1 },
    ]);
  });
});

describe('a proposed test', () => {
  it('demands of the samples what the rest reaches, and can be read', () => {
    const text = proposeSuite(insight('metadata.ink < 0.1', 'error rate', 0.02), Task.MULTI_CLASS);
    const { document } = readDocumentText(text);
    expect(document?.tests).toMatchObject([
      { name: 'fixed: Dim 7s', text: 'fixed("0190b5a0-0000-7000-8000-00000000000a")' },
      { name: 'Dim 7s', on: 'insight', minN: 30 },
    ]);
    expect(text).toContain('mean(correct) >= 0.98');
    expect(text).toContain('metadata.ink < 0.1');
    expect(proposeSuite(insight('split = test', 'mean loss', 0.1234), Task.REGRESSION)).toContain(
      'mean(loss) <= 0.12',
    );
  });
  it('is about the output of the insight', () => {
    const ofCorner = { ...insight('split = test', 'error rate', 0.02), output: 'corner' };
    expect(readDocumentText(proposeSuite(ofCorner, Task.BINARY)).document).toMatchObject({
      output: 'corner',
      tests: [{ kind: 'insights' }, { output: 'corner' }],
    });
  });
  it('of an unknown measure demands a number that its task has', () => {
    const unknown = insight('split = test', 'something', 1);
    expect(readDocumentText(proposeSuite(unknown, Task.REGRESSION)).fault).toBeUndefined();
    expect(proposeSuite(unknown, Task.REGRESSION)).not.toContain('correct');
  });
  it('demands that the insight is fixed where the samples are no condition', () => {
    const { document } = readDocumentText(proposeSuite(insight('', 'error rate', 0.02), Task.MULTI_CLASS));
    expect(document?.tests).toMatchObject([{ kind: 'insights' }]);
  });
});

it('sums a search up with skipped and failed kinds', () => {
  const outcome = (fields: object) => create(InsightOutcomeSchema, fields);
  expect(
    summarizeSearch([
      outcome({ title: 'A', state: InsightOutcomeState.DONE, tried: 400, confirmed: 12 }),
      outcome({ title: 'B', state: InsightOutcomeState.DONE, tried: 31 }),
      outcome({ title: 'C', state: InsightOutcomeState.SKIPPED, reason: 'The data have no labels.' }),
      outcome({ kind: 'd', state: InsightOutcomeState.FAILED, fault: { message: 'no memory' } }),
    ]),
  ).toEqual([
    '12 of 431 candidates confirmed in 2 kinds.',
    'C was skipped: The data have no labels.',
    'd failed: no memory',
  ]);
});

it('offers the lists that make sense for an insight', () => {
  const suffixes = (fields: Parameters<typeof listExports>[0]): string[] =>
    listExports(fields).map(({ suffix }) => suffix);
  const none = { hasSuggestedClasses: false, groupCount: 0 };
  expect(suffixes({ ...none, kind: 'to-label-next' })).toEqual(['samples', 'to-label']);
  const relabel = suffixes({ ...none, kind: 'mislabelled', hasSuggestedClasses: true });
  expect(relabel).toEqual(['samples', 'relabel', 'weights', 'prune']);
  expect(suffixes({ ...none, kind: 'duplicates', groupCount: 2 })).toEqual(['samples', 'copies']);
  expect(suffixes({ ...none, kind: 'low-performance' })).toEqual(['samples', 'prune']);
});

it('a remark of most kinds is said once', () => {
  const outcomes = [['all', 'a'], ['all'], ['all', 'b'], ['b']].map((remarks) => ({ remarks }));
  expect(findCommon(outcomes)).toEqual(['all']);
});
