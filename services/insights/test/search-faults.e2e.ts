import { once } from 'node:events';
import { openArtifactStore } from '@noema/artifacts';
import { InsightChange, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import type { InsightSearch } from '@noema/contracts/noema/insights/v1/insight_search';
import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { InsightSearchReady, PostgresBus } from '@noema/events';
import { serviceUrl, startService, startWorker } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { serviceTest, startTestbed, type Testbed, untilEnded, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insights } from '../src/index.js';
import { PlantedRuns } from './planted-run.js';

const teamId = uuidv7();
const FORGOTTEN = [3, 8, 50, 51, 52, 53, 54, 55, 90, 99];
/** Leases are short, so that the work of a killed worker is soon free. */
const LEASE = { NOEMA_WORKER_LEASE_MS: '2000' };

const start = (bed: Testbed, runs: PlantedRuns) =>
  serviceTest(bed, {
    start: (env) => startService(insights, env),
    startWorker: (env) => startWorker(insights, env),
    workerFile: new URL('../src/worker.js', import.meta.url),
    peerNames: ['datasets', 'training', 'activations', 'similarity'],
    peers: runs.peers(),
    env: { NOEMA_DATABASE_URL: serviceUrl(bed.adminUrl, 'insights', 'secret'), ...LEASE },
    teamId,
  });

let bed: Testbed;
let runs: PlantedRuns;
let service: Awaited<ReturnType<typeof start>>;
let db: Database<unknown>;
/** Ids of the searches that were announced. */
const announced: string[] = [];
const searches = () => service.client(InsightSearchService);
const found = () => service.client(InsightService);

beforeAll(async () => {
  bed = await startTestbed();
  runs = new PlantedRuns(openArtifactStore(bed.storeUrl, bed.storeKeys), teamId);
  service = await start(bed, runs);
  const url = service.env.NOEMA_DATABASE_URL;
  db = bed.opened(Database.connect<unknown>({ url, schema: 'insights' }));
  const bus = bed.opened(new PostgresBus(db));
  await bus.subscribe({ name: 'test__insight_search_ready', event: InsightSearchReady.name }, ({ body }) => {
    announced.push((body as { insightSearchId: string }).insightSearchId);
    return Promise.resolve();
  });
});
afterAll(() => bed.stop());
beforeEach(async () => {
  await service.stopWorkers();
  runs.beforeShards = () => Promise.resolve();
});

const plant = (over: Partial<Parameters<PlantedRuns['add']>[0]> = {}) =>
  runs.add({ n: 120, forgotten: FORGOTTEN, projectId: uuidv7(), ...over });
type Run = Awaited<ReturnType<typeof plant>>;

async function begin({ id: runId, options: { projectId } }: Run): Promise<InsightSearch> {
  return (await searches().createInsightSearch({ projectId, runId, kinds: ['forgotten'] })).insightSearch!;
}
const ended = ({ id: insightSearchId }: InsightSearch): Promise<InsightSearch> =>
  untilEnded(async () => (await searches().getInsightSearch({ insightSearchId })).insightSearch);
const list = async ({ id: runId, options: { projectId } }: Run) =>
  (await found().listInsights({ projectId, runId, includeHints: true, includeOutdated: true })).insights;

/** Holds the next search while it reads its data; `reached` resolves then. */
function hold(): { readonly reached: Promise<void>; readonly release: () => void } {
  let release = (): void => undefined;
  const reached = new Promise<void>((arrive) => {
    runs.beforeShards = () => {
      runs.beforeShards = () => Promise.resolve();
      arrive();
      return new Promise((resolve) => {
        release = resolve;
      });
    };
  });
  return {
    reached,
    release: () => {
      release();
    },
  };
}

describe('a search for insights', () => {
  it('RELIABILITY 47: of a worker that is killed is done once by another one', async () => {
    const undisturbed = await plant();
    await service.startWorker();
    await ended(await begin(undisturbed));
    await service.stopWorkers();

    const run = await plant();
    const { reached, release } = hold();
    const doomed = service.forkWorker();
    const search = await begin(run);
    await reached;
    const dead = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await dead;
    release();
    expect(await list(run)).toEqual([]);
    await service.startWorker();
    expect(await ended(search)).toMatchObject({ state: JobState.SUCCEEDED, insightCount: 1 });
    const [expected, actual] = [await list(undisturbed), await list(run)];
    expect(actual.map(({ sentence, memberCount }) => [sentence, memberCount])).toEqual(
      expected.map(({ sentence, memberCount }) => [sentence, memberCount]),
    );
    const { rows } = await db.run(teamId, () =>
      sql<{ attempt: number }>`select attempt from shard where job_id = ${search.jobId}`.execute(db.tx()),
    );
    expect(rows).toEqual([{ attempt: 2 }]);
    await waitFor(() => announced.includes(search.id));
    expect(announced.filter((id) => id === search.id)).toHaveLength(1);
  });

  it('that waited while the platform was updated uses the present versions, and reports it', async () => {
    const run = await plant();
    await service.stopWorkers();
    const queued = await begin(run);
    const present = queued.recipe!.kinds[0]!.version;
    await db.run(teamId, () =>
      sql`
        update insight_search set recipe = jsonb_set(recipe, '{kinds,0,version}', '0')
        where id = ${queued.id}`.execute(db.tx()),
    );
    await service.startWorker();
    const search = await ended(queued);
    expect(search).toMatchObject({ id: queued.id, state: JobState.SUCCEEDED, insightCount: 1 });
    expect(search.recipe!.kinds).toMatchObject([{ key: 'forgotten', version: present }]);
    expect(search.remarks[0]).toContain(`requested in version 0 and searched in version ${present}`);
  });

  it('RELIABILITY 47: that is cancelled shows nothing, and runs again on request', async () => {
    const run = await plant();
    await service.startWorker();
    const { reached, release } = hold();
    const search = await begin(run);
    await reached;
    await service.client(JobService).cancelJob({ service: 'insights', jobId: search.jobId });
    release();
    expect(await ended(search)).toMatchObject({ state: JobState.CANCELLED, outcomes: [] });
    expect(await list(run)).toEqual([]);
    const again = await begin(run);
    expect(again.id).toBe(search.id);
    expect((await ended(again)).state).toBe(JobState.SUCCEEDED);
    expect(await list(run)).toHaveLength(1);
  });

  it('RELIABILITY 47: of a run that is deleted meanwhile ends with that reason, and changes nothing', async () => {
    const first = await plant();
    await service.startWorker();
    await ended(await begin(first));
    const { projectId } = first.options;
    const run = await plant({ projectId, datasetVersionId: first.datasetVersionId, forgotten: [60, 61, 62] });
    const { reached, release } = hold();
    const search = await begin(run);
    await reached;
    runs.delete(run.id);
    release();
    expect(await ended(search)).toMatchObject({ state: JobState.FAILED, fault: { reason: 'RUN_NOT_FOUND' } });
    expect(await list(run)).toEqual([]);
    expect(await list(first)).toMatchObject([
      { state: InsightState.CONFIRMED, change: InsightChange.BORN, outdated: false },
    ]);
    expect(announced).not.toContain(search.id);
  });
});
