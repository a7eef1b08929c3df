import { fromJson } from '@bufbuild/protobuf';
import { openArtifactStore } from '@noema/artifacts';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import {
  InsightChange,
  InsightNumberUnit,
  InsightState,
  InsightVerdict,
} from '@noema/contracts/noema/insights/v1/insight';
import { type InsightSearch, InsightOutcomeState } from '@noema/contracts/noema/insights/v1/insight_search';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightAction, InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { InsightSearchReady, PostgresBus } from '@noema/events';
import { serviceUrl, startService, startWorker } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { assertRowLevelSecurity, Database } from '@noema/postgres';
import { projectPeer, serviceTest, startTestbed, type Testbed, untilEnded, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insights } from '../src/index.js';
import { WAITING_RUNS_CHANNEL } from '../src/waiting-run/waiting-run.sweep.js';
import { PlantedRuns } from './planted-run.js';

const [teamId, other] = [uuidv7(), uuidv7()];
/** Projects that the workspace service knows. */
const [PROJECT, EPOCHS] = [uuidv7(), uuidv7()];
const FORGOTTEN = [3, 8, 50, 51, 52, 53, 54, 55, 90, 99];

let bed: Testbed;
let runs: PlantedRuns;
let client: Awaited<ReturnType<typeof serviceTest>>['client'];
let bus: PostgresBus;
let db: Database<unknown>;
/** Runs whose search was announced. */
const announced: string[] = [];
const searches = (team = teamId) => client(InsightSearchService, { teamId: team });
const found = (team = teamId) => client(InsightService, { teamId: team });

beforeAll(async () => {
  bed = await startTestbed();
  runs = new PlantedRuns(openArtifactStore(bed.storeUrl, bed.storeKeys), teamId);
  const service = await serviceTest(bed, {
    start: (env) => startService(insights, env),
    startWorker: (env) => startWorker(insights, env),
    peerNames: ['workspace', 'datasets', 'training', 'activations', 'similarity'],
    peers: [...runs.peers(), projectPeer({ [PROJECT]: teamId, [EPOCHS]: teamId })],
    env: { NOEMA_DATABASE_URL: serviceUrl(bed.adminUrl, 'insights', 'secret') },
    teamId,
  });
  client = (each, caller) => service.client(each, caller);
  await service.startWorker();
  db = bed.opened(Database.connect<unknown>({ url: service.env.NOEMA_DATABASE_URL, schema: 'insights' }));
  bus = bed.opened(new PostgresBus(db));
  await bus.subscribe({ name: 'test__insight_search_ready', event: InsightSearchReady.name }, (message) => {
    announced.push(fromJson(InsightSearchReady.schema, message.body).runId);
    return Promise.resolve();
  });
});
afterAll(() => bed.stop());

const plant = (over: Partial<Parameters<PlantedRuns['add']>[0]> = {}) =>
  runs.add({ n: 120, forgotten: FORGOTTEN, projectId: uuidv7(), ...over });
const ended = (insightSearchId: string): Promise<InsightSearch> =>
  untilEnded(async () => (await searches().getInsightSearch({ insightSearchId })).insightSearch);

/** Searches a run for forgotten samples, and returns what is found. */
async function search(run: Awaited<ReturnType<typeof plant>>, times = 2, output = ''): Promise<Insight[]> {
  const { projectId } = run.options;
  const { insightSearch } = await searches().createInsightSearch({
    ...{ projectId, runId: run.id, kinds: ['forgotten'], output },
    parameters: { forgotten: { times } },
  });
  expect(await ended(insightSearch!.id)).toMatchObject({ state: JobState.SUCCEEDED });
  return (await found().listInsights({ projectId, insightSearchId: insightSearch!.id, includeHints: true }))
    .insights;
}

const EVENTS = {
  EpochCompleted: ['training', 'epoch_completed'],
  RunFinished: ['training', 'run_finished'],
  NeighborGraphReady: ['similarity', 'neighbor_graph_ready'],
} as const;
const announce = (event: keyof typeof EVENTS, runId: string, body: object) => {
  const [service, name] = EVENTS[event];
  return bus.publish([
    {
      ...{ id: uuidv7(), teamId, time: new Date() },
      event: `${service}.${event}`,
      subject: `noema.${service}.v1.${name}.${runId}`,
      body: { runId, ...body },
    },
  ]);
};

describe('a search', () => {
  it('finds planted samples, and says of every kind how it ended', async () => {
    const run = await plant();
    const { projectId } = run.options;
    const request = { projectId, runId: run.id, requestId: uuidv7() };
    const { insightSearch } = await searches().createInsightSearch(request);
    expect((await searches().createInsightSearch(request)).insightSearch!.id).toBe(insightSearch!.id);
    const done = await ended(insightSearch!.id);
    expect(done).toMatchObject({ epoch: 4, sampleCount: 120, searchedCount: 120, state: JobState.SUCCEEDED });
    const methods = await client(MethodService).listMethods({ service: 'insights', kind: 'insight' });
    expect(done.outcomes.map(({ kind }) => kind)).toEqual(methods.methods.map(({ key }) => key));
    expect(done.outcomes.map(({ fault }) => fault).filter(Boolean)).toEqual([]);
    const { insights: listed } = await found().listInsights({ projectId, filter: 'kind = "forgotten"' });
    expect(listed).toHaveLength(1);
    const { insight } = await found().getInsight({ insightId: listed[0]!.id });
    expect(insight).toMatchObject({
      ...{ state: InsightState.CONFIRMED, memberCount: 10, change: InsightChange.BORN, firstEpoch: 4 },
      sentence: expect.stringMatching(/^10 of 120 /),
      trend: [{ epoch: 4, memberCount: 10 }],
      ...{ foundState: InsightState.CONFIRMED, severity: { weight: expect.closeTo((10 / 120) * 100, 9) } },
      namedNumbers: [
        { name: 'epochs', title: 'Epochs with predictions', value: 4, unit: InsightNumberUnit.COUNT },
        { name: 'misclassifiedNow', title: 'Misclassified now', value: expect.any(Number) },
      ],
    });
    const page = await found().listInsightMembers({
      insightId: insight!.id,
      pageSize: 4,
      includeBitmap: true,
    });
    expect(page).toMatchObject({
      totalSize: 10,
      members: [{ row: 3, score: 2, sample: { sampleId: 's3' }, trueClassName: 'zero' }, {}, {}, {}],
    });
    expect(page.bitmap[0]).toBe(8);
    const rest = await found().listInsightMembers({ insightId: insight!.id, pageToken: page.nextPageToken });
    expect([...page.members, ...rest.members].map(({ row }) => row)).toEqual(FORGOTTEN);
  });

  it('starts by itself once the run has succeeded and its last graph is ready, in any order', async () => {
    const run = await plant({ hasSet: false });
    const { projectId } = run.options;
    const list = async () => (await searches().listInsightSearches({ projectId })).insightSearches;
    await announce('RunFinished', run.id, { projectId, state: 'RUN_STATE_SUCCEEDED', epochsDone: 4 });
    const unfinished = await plant({ projectId });
    unfinished.state = RunState.RUNNING;
    await announce('NeighborGraphReady', unfinished.id, { projectId, epoch: 4 });
    run.hasSet = true;
    await announce('NeighborGraphReady', run.id, { projectId, epoch: 4 });
    await waitFor(async () => (await list()).length === 1);
    await announce('RunFinished', run.id, { projectId, state: 'RUN_STATE_SUCCEEDED', epochsDone: 4 });
    const [only] = await list();
    expect(await ended(only!.id)).toMatchObject({ runId: run.id, createdBy: 'insights' });
    await waitFor(() => announced.includes(run.id));
    expect(await list()).toHaveLength(1);
  });

  it('starts by itself if the vectors fail after the end of the run, which no event reports', async () => {
    const run = await plant({ hasSet: false });
    const { projectId } = run.options;
    await announce('RunFinished', run.id, { projectId, state: 'RUN_STATE_SUCCEEDED', epochsDone: 4 });
    const inTeam = <T>(work: () => Promise<T>) => db.run(teamId, work);
    const isWaiting = async () =>
      (await inTeam(() => sql`select from waiting_run where run_id = ${run.id}`.execute(db.tx()))).rows
        .length > 0;
    await waitFor(isWaiting);
    run.hasFailedSet = true;
    await inTeam(async () => {
      await sql`update waiting_run set look_time = look_time - interval '2 minutes'`.execute(db.tx());
      db.notify(WAITING_RUNS_CHANNEL);
    });
    const list = async () => (await searches().listInsightSearches({ projectId })).insightSearches;
    await waitFor(async () => (await list()).length > 0);
    const [only] = await list();
    expect((await ended(only!.id)).remarks).toContainEqual(
      expect.stringMatching(/^The vectors of the epoch failed, so kinds that need them are skipped\./),
    );
    expect(await isWaiting()).toBe(false);
  });

  it.each([
    ['INSIGHT_KIND_UNKNOWN', { kinds: ['nonsense'] }],
    ['INSIGHT_KIND_UNKNOWN', { parameters: { nonsense: {} } }],
    ['PARAMETERS_UNUSED', { kinds: ['forgotten'], parameters: { duplicates: {} } }],
    ['PARAMETERS_INVALID', { parameters: { forgotten: 3 } }],
    ['PARAMETER_OUT_OF_RANGE', { parameters: { forgotten: { times: 0 } } }],
    ['EPOCH_NOT_FOUND', { epoch: 5 }],
    ['RUN_NOT_FOUND', { projectId: uuidv7() }],
    ['OUTPUT_NOT_FOUND', { output: 'size' }],
  ])('is refused with %s', async (reason, over) => {
    const run = await plant();
    await expect(
      searches().createInsightSearch({ projectId: run.options.projectId, runId: run.id, ...over }),
    ).rejects.toMatchObject({ reason });
  });

  it('waits for an epoch whose vectors are not there yet', async () => {
    const run = await plant({ hasSet: false });
    await expect(
      searches().createInsightSearch({ projectId: run.options.projectId, runId: run.id }),
    ).rejects.toMatchObject({ kind: 'precondition', reason: 'EPOCH_NOT_READY' });
  });

  it('names what limits it: kinds that lack data, and outputs that it leaves out', async () => {
    const run = await plant({ epochs: 1, outputNames: ['digit', 'parity', 'slant'] });
    const { insightSearch } = await searches().createInsightSearch({
      ...{ projectId: run.options.projectId, runId: run.id, kinds: ['forgotten'] },
    });
    expect(await ended(insightSearch!.id)).toMatchObject({
      state: JobState.SUCCEEDED,
      outcomes: [
        { state: InsightOutcomeState.SKIPPED, reason: expect.stringContaining('at least two epochs') },
      ],
      remarks: [
        'The model has 3 outputs; labels, predictions and losses belong to digit, the first one. Not searched: ' +
          'parity, slant.',
      ],
    });
  });

  it('does without vectors that failed', async () => {
    const [insight] = await search(await plant({ hasFailedSet: true }));
    expect(insight).toMatchObject({ memberCount: 10 });
  });

  it('does not start by itself in a project whose members turned that off', async () => {
    const settings = { projectId: PROJECT };
    expect((await searches().getInsightSettings(settings)).insightSettings).toMatchObject({
      searchAfterRuns: true,
    });
    const off = { insightSettings: { ...settings, searchAfterRuns: false } };
    await expect(searches(other).updateInsightSettings(off)).rejects.toMatchObject({
      reason: 'PROJECT_NOT_FOUND',
    });
    expect((await searches().updateInsightSettings(off)).insightSettings).toMatchObject({
      searchAfterRuns: false,
    });
    const [quiet, loud] = [await plant({ projectId: PROJECT }), await plant()];
    for (const { id, options } of [quiet, loud])
      await announce('RunFinished', id, { ...options, state: 'RUN_STATE_SUCCEEDED', epochsDone: 4 });
    const list = async (projectId: string) =>
      (await searches().listInsightSearches({ projectId })).insightSearches;
    await waitFor(async () => (await list(loud.options.projectId)).length === 1);
    expect(await list(PROJECT)).toEqual([]);
  });

  it('follows each epoch in a project that wants it, and is carried on by the search after the run', async () => {
    const run = await plant({ projectId: EPOCHS });
    await searches().updateInsightSettings({
      insightSettings: { projectId: EPOCHS, searchAfterEpochs: true },
    });
    const list = async () => (await searches().listInsightSearches({ projectId: EPOCHS })).insightSearches;
    await announce('EpochCompleted', run.id, { projectId: EPOCHS, epoch: 4, last: false });
    await waitFor(async () => (await list()).length === 1);
    const early = await ended((await list())[0]!.id);
    expect(early.outcomes.map(({ kind }) => kind)).toEqual(['miscalibrated', 'forgotten']);
    await announce('RunFinished', run.id, { projectId: EPOCHS, state: 'RUN_STATE_SUCCEEDED', epochsDone: 4 });
    await waitFor(async () => (await list()).length === 2);
    await ended((await list())[0]!.id);
    const {
      insights: [forgotten],
    } = await found().listInsights({ projectId: EPOCHS, filter: 'kind = "forgotten"' });
    expect(forgotten).toMatchObject({ memberCount: 10, change: InsightChange.STAYED, firstEpoch: 4 });
    expect(forgotten!.previousInsightId).not.toBe('');
  });

  it('restores what it had replaced, or had not found again, when it is deleted', async () => {
    const run = await plant();
    const [first] = await search(run, 2);
    const state = async () => (await found().getInsight({ insightId: first!.id })).insight!;
    const none = await search(run, 40);
    expect(none).toEqual([]);
    expect(await state()).toMatchObject({ outdated: true, change: InsightChange.FIXED });
    const { insightSearches } = await searches().listInsightSearches({ projectId: run.options.projectId });
    expect(insightSearches).toHaveLength(2);
    await searches().deleteInsightSearch({ insightSearchId: insightSearches[0]!.id });
    expect(await state()).toMatchObject({ outdated: false, change: InsightChange.BORN });
    expect((await found().listInsights({ projectId: run.options.projectId })).insights).toHaveLength(1);
  });

  it('is deleted with its insights', async () => {
    const run = await plant();
    const [insight] = await search(run);
    await searches().deleteInsightSearch({ insightSearchId: insight!.insightSearchId });
    await expect(found().getInsight({ insightId: insight!.id })).rejects.toMatchObject({
      reason: 'INSIGHT_NOT_FOUND',
    });
  });
});

describe('an insight', () => {
  it('keeps the decision of people in the next run of the model, and is outdated by a later search', async () => {
    const first = await plant();
    const { projectId } = first.options;
    const [insight] = await search(first);
    await found().updateInsight({
      insight: { id: insight!.id, state: InsightState.DISMISSED, note: 'known', etag: insight!.etag },
    });
    const open = 'state != INSIGHT_STATE_DISMISSED AND state != INSIGHT_STATE_FIXED';
    expect((await found().listInsights({ projectId, filter: open })).insights).toEqual([]);
    const next = await plant({
      projectId,
      datasetVersionId: first.datasetVersionId,
      forgotten: FORGOTTEN.slice(2),
    });
    const [again] = await search(next);
    expect(again).toMatchObject({
      ...{ state: InsightState.DISMISSED, note: 'known', change: InsightChange.SHRANK },
      ...{ previousInsightId: insight!.id, firstRunId: first.id },
    });
    expect((await found().getInsight({ insightId: again!.id })).insight!.trend).toMatchObject([
      { memberCount: 10 },
      { memberCount: 8 },
    ]);
    expect(await search(next, 3)).toEqual([]);
    expect((await found().getInsight({ insightId: again!.id })).insight).toMatchObject({
      ...{ outdated: true, change: InsightChange.FIXED },
    });
    expect((await found().listInsights({ projectId, runId: next.id })).insights).toEqual([]);
  });

  it('is found again in another run by its samples, also where a run between them lacked it', async () => {
    const first = await plant();
    const { projectId } = first.options;
    const [insight] = await search(first);
    const over = { projectId, datasetVersionId: first.datasetVersionId };
    await search(await plant({ ...over, forgotten: [] }));
    const [again] = await search(await plant({ ...over, forgotten: FORGOTTEN.slice(2) }));
    expect(again!.previousInsightId).toBe('');
    const query = { projectId, runId: again!.runId };
    const same = async (sameAsInsightId: string) =>
      (await found().listInsights({ ...query, sameAsInsightId })).insights.map(({ id }) => id);
    expect(await same(insight!.id)).toEqual([again!.id]);
    const [elsewhere] = await search(await plant({ projectId, forgotten: [60, 61, 62, 63] }));
    expect(await same(elsewhere!.id)).toEqual([]);
    await expect(same(uuidv7())).rejects.toMatchObject({ reason: 'INSIGHT_NOT_FOUND' });
    await expect(found(other).listInsights({ ...query, sameAsInsightId: insight!.id })).rejects.toMatchObject(
      { reason: 'INSIGHT_NOT_FOUND' },
    );
  });

  it('is not touched by a search of an earlier epoch or run', async () => {
    const first = await plant();
    const { projectId } = first.options;
    const [insight] = await search(await plant({ projectId, epochs: 5 }));
    await search(first, 3);
    const { insightSearch } = await searches().createInsightSearch({
      ...{ projectId, runId: insight!.runId, kinds: ['forgotten'], epoch: 2 },
    });
    await ended(insightSearch!.id);
    const { insight: now } = await found().getInsight({ insightId: insight!.id });
    expect(now).toMatchObject({ outdated: false, change: InsightChange.BORN });
  });

  it('is audited by verdicts, which a request id stores once and which are taken back', async () => {
    const run = await plant();
    const [insight] = await search(run);
    const insightId = insight!.id;
    const { next } = await found().getInsightAudit({ insightId });
    expect(next.map(({ row }) => row).sort((a, b) => a - b)).toEqual(FORGOTTEN);
    const verdicts = FORGOTTEN.map((row) => ({ row, verdict: InsightVerdict.WRONG }));
    const request = { insightId, verdicts, requestId: uuidv7() };
    const { audit } = await found().recordInsightVerdicts(request);
    expect(audit).toMatchObject({ wrong: 10, right: 0, cut: 10, bound: 0, done: true });
    expect(await found().recordInsightVerdicts(request)).toMatchObject({ audit });
    expect((await found().getInsight({ insightId })).insight).toMatchObject({
      ...{ state: InsightState.AUDITED, verdictCount: 10 },
    });
    await found().recordInsightVerdicts({
      insightId,
      verdicts: verdicts.map(({ row }) => ({ row, verdict: InsightVerdict.UNSPECIFIED })),
    });
    expect((await found().getInsight({ insightId })).insight).toMatchObject({
      ...{ state: InsightState.CONFIRMED, verdictCount: 0 },
    });
    for (const [reason, wrong] of [
      ['VERDICTS_INVALID', []],
      ['VERDICTS_INVALID', [verdicts[0]!, verdicts[0]!]],
      ['SAMPLE_NOT_IN_INSIGHT', [{ row: 4, verdict: InsightVerdict.RIGHT }]],
      ['FIELD_INVALID', [{ row: 3, verdict: 9 as InsightVerdict }]],
    ] as const)
      await expect(found().recordInsightVerdicts({ insightId, verdicts: [...wrong] })).rejects.toMatchObject({
        kind: 'invalid',
        reason,
      });
  });

  it('is exported as rows of a table', async () => {
    const [insight] = await search(await plant());
    const insightId = insight!.id;
    const prune = () => found().exportInsight({ insightId, action: InsightAction.PRUNE, pageSize: 1 });
    expect(await prune()).toMatchObject({
      columns: ['split', 'sample_id', 'row', 'label', 'score', 'verdict', 'audit'],
      rows: [{ cells: ['training', 's3', '3', 'zero', '2', '', 'not audited'] }],
      totalSize: 10,
    });
    const verdicts = FORGOTTEN.map((row) => ({
      row,
      verdict: row === 3 ? InsightVerdict.RIGHT : InsightVerdict.WRONG,
    }));
    await found().recordInsightVerdicts({ insightId, verdicts: verdicts.slice(0, 1) });
    expect(await prune()).toMatchObject({ totalSize: 0 });
    await found().recordInsightVerdicts({ insightId, verdicts });
    expect(await prune()).toMatchObject({
      rows: [{ cells: ['training', 's8', '8', 'two', '2', 'wrong', 'judged'] }],
      totalSize: 9,
    });
    for (const action of [
      InsightAction.RELABEL,
      InsightAction.DEDUPLICATE,
      InsightAction.WEIGHTS,
      InsightAction.LABEL,
    ])
      await expect(found().exportInsight({ insightId, action })).rejects.toMatchObject({
        reason: 'ACTION_NOT_POSSIBLE',
      });
  });

  it('is changed only as members may, and not if it has changed since', async () => {
    const [insight] = await search(await plant());
    const { id, etag } = insight!;
    await found().updateInsight({ insight: { id, note: 'seen', etag } });
    for (const [reason, change] of [
      ['RESOURCE_CHANGED', { note: 'late', etag }],
      ['STATE_NOT_SETTABLE', { state: InsightState.AUDITED }],
      ['NOTE_TOO_LONG', { note: 'x'.repeat(10_001) }],
      ['REFERENCE_INVALID', { issueId: 'no id' }],
    ] as const)
      await expect(found().updateInsight({ insight: { id, ...change } })).rejects.toMatchObject({ reason });
  });
});

describe('insights of two outputs', () => {
  const PARITY = [10, 11, 60, 61, 62, 63];
  const listRows = async (insightId: string) =>
    (await found().listInsightMembers({ insightId })).members.map(({ row }) => row);
  const read = async (insightId: string) => (await found().getInsight({ insightId })).insight!;

  it('are listed together, each with the samples, labels and remark of its output', async () => {
    const run = await plant({ parity: PARITY });
    const [digit] = await search(run);
    const [parity] = await search(run, 2, 'parity');
    expect([digit!.output, parity!.output]).toEqual(['digit', 'parity']);
    expect(await listRows(digit!.id)).toEqual(FORGOTTEN);
    expect(await listRows(parity!.id)).toEqual(PARITY);
    const { members } = await found().listInsightMembers({ insightId: parity!.id, pageSize: 2 });
    expect(members).toMatchObject([
      { row: 10, trueClass: 0, trueClassName: '0' },
      { row: 11, trueClass: 1, trueClassName: '1' },
    ]);
    const { projectId } = run.options;
    const list = async (filter: string) =>
      (await found().listInsights({ projectId, filter })).insights.map(({ id }) => id);
    expect((await list('')).sort()).toEqual([digit!.id, parity!.id].sort());
    expect(await list('output = "parity"')).toEqual([parity!.id]);
    const { insightSearches } = await searches().listInsightSearches({ projectId });
    expect(insightSearches).toMatchObject([
      {
        output: 'parity',
        remarks: [
          'The model has 2 outputs; labels, predictions and losses belong to parity. Not searched: digit.',
        ],
      },
      { output: 'digit' },
    ]);
    expect(
      (
        await searches().createInsightSearch({
          ...{ projectId, runId: run.id, kinds: ['forgotten'], output: 'digit' },
          parameters: { forgotten: { times: 2 } },
        })
      ).insightSearch!.id,
    ).toBe(digit!.insightSearchId);
  });

  it('that read no output are found once, and name none', async () => {
    const run = await plant({ parity: PARITY, hasDeadUnit: true });
    const { projectId } = run.options;
    const searchUnits = async (output: string) => {
      const request = { projectId, runId: run.id, kinds: ['wasted-capacity'], output };
      const { insightSearch } = await searches().createInsightSearch(request);
      const { outcomes } = await ended(insightSearch!.id);
      return outcomes.map(({ state }) => state);
    };
    expect(await searchUnits('parity')).toEqual([InsightOutcomeState.SKIPPED]);
    expect(await searchUnits('digit')).toEqual([InsightOutcomeState.DONE]);
    const { insights } = await found().listInsights({ projectId, includeHints: true });
    expect(insights.map(({ kind, output }) => [kind, output])).toEqual([['wasted-capacity', '']]);
  });

  it('are refused before a job starts where the evaluation is from before outputs had names', async () => {
    const { id: runId, options } = await plant({ outputNames: ['digit', 'parity'] });
    const { projectId } = options;
    await expect(
      searches().createInsightSearch({ projectId, runId, output: 'parity' }),
    ).rejects.toMatchObject({ reason: 'OUTPUT_NOT_FOUND', message: expect.stringMatching(/it names none/) });
    expect((await searches().listInsightSearches({ projectId })).insightSearches).toEqual([]);
  });

  it('follow, end and restore the insights of their own output alone', async () => {
    const first = await plant({ parity: PARITY });
    const { projectId } = first.options;
    const [digit] = await search(first);
    const [parity] = await search(first, 2, 'parity');
    // The outputs change places: `parity` now forgets what `digit` had forgotten.
    const data = { projectId, datasetVersionId: first.datasetVersionId };
    const next = await plant({ ...data, forgotten: FORGOTTEN.slice(2), parity: FORGOTTEN });
    const [moved] = await search(next, 2, 'parity');
    expect(moved).toMatchObject({ change: InsightChange.BORN, previousInsightId: '' });
    expect(await read(parity!.id)).toMatchObject({ change: InsightChange.FIXED });
    expect(await read(digit!.id)).toMatchObject({ change: InsightChange.BORN, outdated: false });
    const [again] = await search(next);
    expect(again).toMatchObject({ change: InsightChange.SHRANK, previousInsightId: digit!.id });
    expect((await read(again!.id)).trend).toMatchObject([{ memberCount: 10 }, { memberCount: 8 }]);
    expect((await read(moved!.id)).trend).toMatchObject([{ memberCount: 10 }]);
    const same = async (sameAsInsightId: string) =>
      (await found().listInsights({ projectId, runId: next.id, sameAsInsightId })).insights.map(
        ({ id }) => id,
      );
    expect(await same(digit!.id)).toEqual([again!.id]);
    // A search of one output that finds nothing replaces the insights of this output alone, until it is deleted.
    expect(await search(next, 40, 'parity')).toEqual([]);
    expect(await read(moved!.id)).toMatchObject({ change: InsightChange.FIXED, outdated: true });
    expect(await read(again!.id)).toMatchObject({ change: InsightChange.SHRANK, outdated: false });
    expect(await search(next, 40)).toEqual([]);
    const [ofDigit, ofParity] = (await searches().listInsightSearches({ projectId })).insightSearches;
    await searches().deleteInsightSearch({ insightSearchId: ofParity!.id });
    expect(await read(moved!.id)).toMatchObject({ change: InsightChange.BORN, outdated: false });
    expect(await read(again!.id)).toMatchObject({ change: InsightChange.FIXED, outdated: true });
    await searches().deleteInsightSearch({ insightSearchId: ofDigit!.id });
    expect(await read(again!.id)).toMatchObject({ change: InsightChange.SHRANK, outdated: false });
  });

  it('continue older ones, which have no name of an output, as of the first', async () => {
    const run = await plant({ parity: FORGOTTEN });
    const [old] = await search(run);
    await db.run(teamId, async () => {
      await sql`update insight_search set output = default, is_first_output = default
        where id = ${old!.insightSearchId}`.execute(db.tx());
      await sql`update insight set output = default, is_first_output = default
        where id = ${old!.id}`.execute(db.tx());
    });
    const [parity] = await search(run, 2, 'parity');
    expect(parity!.previousInsightId).toBe('');
    expect(await read(old!.id)).toMatchObject({ output: '', outdated: false });
    const [digit] = await search(run, 1);
    expect(digit).toMatchObject({ output: 'digit', previousInsightId: old!.id });
    expect(await read(old!.id)).toMatchObject({ outdated: true });
  });
});

it('shows nothing to another team', async () => {
  const run = await plant();
  const [insight] = await search(run);
  const [insightId, { projectId }] = [insight!.id, run.options];
  const insightSearchId = insight!.insightSearchId;
  await assertRowLevelSecurity(bed.adminUrl, 'insights');
  for (const call of [
    () => searches(other).getInsightSearch({ insightSearchId }),
    () => searches(other).deleteInsightSearch({ insightSearchId }),
    () => searches(other).createInsightSearch({ projectId, runId: run.id }),
    () => found(other).getInsight({ insightId }),
    () => found(other).updateInsight({ insight: { id: insightId, note: 'x' } }),
    () => found(other).listInsightMembers({ insightId }),
    () => found(other).getInsightAudit({ insightId }),
    () => found(other).exportInsight({ insightId }),
    () => found(other).recordInsightVerdicts({ insightId, verdicts: [{ row: 3, verdict: 1 }] }),
  ])
    await expect(call()).rejects.toMatchObject({ kind: 'not-found' });
  expect((await found(other).listInsights({ projectId, includeHints: true })).insights).toEqual([]);
  expect((await searches(other).listInsightSearches({ projectId })).insightSearches).toEqual([]);
});
