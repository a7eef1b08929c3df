import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareBlobs, jobEnded, trainBlobs, walkBlobs } from '../src/blobs-platform.js';
import { checkPoints, findNonFinite, nonFiniteIn } from '../src/non-finite.js';
import { RunningPlatform } from '../src/running-platform.js';

const integration = (name: string): string =>
  fileURLToPath(new URL(`../src/fixtures/${name}.integration.js`, import.meta.url));

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let platform: RunningPlatform;
beforeAll(async () => {
  directory = await temporaryDirectory();
  platform = await RunningPlatform.up(directory.path);
}, 180_000);
afterAll(async () => {
  await platform?.down();
  await directory.remove();
});

describe('RELIABILITY 6: the database of a running platform dies', () => {
  it('is answered as unavailable and fast, loses nothing that was answered, does nothing twice; work that ' +
    'was under way ends', async () => {
    const { rest } = platform;
    const create = async (n: number) => {
      const begun = performance.now();
      const { status, body } = await rest.post('/v1/projects', { displayName: `p${n}`, requestId: `p${n}` });
      return { n, status, body, ms: performance.now() - begun };
    };
    const project = await rest.make<{ id: string }>('/v1/projects', 'project', { displayName: 'under way' });
    const made = await rest.make<{ id: string }>(`/v1/projects/${project.id}/integrations`, 'integration', {
      displayName: 'blobs',
      source: { modulePath: integration('blobs') },
    });
    const version = await rest.make<{ jobId: string }>(
      `/v1/projects/${project.id}/dataset-versions`,
      'datasetVersion',
      { integrationId: made.id, shardSize: 64 },
    );

    const before = platform.state().postgres;
    const answers: Awaited<ReturnType<typeof create>>[] = [];
    // PostgreSQL does not start with a setting that it does not know, so that it stays away until a request has
    // met its absence.
    const settings = join(directory.path, 'postgres', 'postgresql.auto.conf');
    const original = await readFile(settings, 'utf8');
    await writeFile(settings, `${original}\nno_such_setting = 1\n`);
    process.kill(before.pid, 'SIGKILL');
    while ((answers.at(-1)?.status ?? 200) === 200) answers.push(await create(answers.length));
    expect(platform.state().postgres.pid).toBe(before.pid);
    await writeFile(settings, original);
    const restarted = () => platform.state().postgres.pid !== before.pid;
    while (!(restarted() && answers.at(-1)!.status === 200)) answers.push(await create(answers.length));
    for (const { status, body, ms } of answers.filter((a) => a.status !== 200)) {
      expect(status, JSON.stringify(body)).toBe(503);
      expect(ms).toBeLessThan(20_000);
    }
    for (const { n, status, body } of answers) {
      const again = await waitFor(async () => {
        const a = await create(n);
        return a.status === 200 ? a.body : undefined;
      });
      if (status === 200) expect(again).toEqual(body);
    }
    const rows = await platform.query<{ n: number; names: number }>(
      'SELECT count(*)::int AS n, count(DISTINCT display_name)::int AS names FROM workspace.project ' +
        "WHERE display_name LIKE 'p%'",
    );
    expect(rows).toEqual([{ n: answers.length, names: answers.length }]);
    await jobEnded(rest, 'datasets', version.jobId);
  }, 120_000);
});

describe('RELIABILITY 30: data in which nothing differs', () => {
  it('end as a named fault of the activation set, with what to do, and no map is drawn', async () => {
    const { rest } = platform;
    const { projectId, runId } = await trainBlobs(rest, {
      name: 'flat',
      modulePath: integration('flat'),
      classes: 2,
    });
    const sets = await waitFor(
      async () => {
        const { body } = await rest.get(`/v1/projects/${projectId}/activation-sets?run_id=${runId}`);
        const all = body['activationSets'] as {
          state: string;
          fault?: { reason: string; message: string };
        }[];
        return all.length === 2 &&
          all.every(({ state }) => state === 'JOB_STATE_FAILED' || state === 'JOB_STATE_SUCCEEDED')
          ? all
          : undefined;
      },
      { timeoutMs: 120_000, what: 'the activation sets of both epochs to end' },
    );
    expect(sets.map(({ fault }) => fault?.reason)).toEqual([
      'RESPONSES_DO_NOT_VARY',
      'RESPONSES_DO_NOT_VARY',
    ]);
    expect(
      (await rest.get(`/v1/projects/${projectId}/explorations?run_id=${runId}`)).body['explorations'],
    ).toEqual([]);
  }, 180_000);
});

describe('RELIABILITY 30: one-class data', () => {
  it('is walked to the end without a NaN in any answer', async () => {
    const { rest } = platform;
    const walked = await walkBlobs(rest, {
      name: 'one-class',
      modulePath: integration('one-class'),
      classes: 3,
    });
    const compared = await compareBlobs(rest, walked);
    expect(compared.reason).toBe('');
    const ids = { ...walked, ...compared.ids };
    const { paths, found } = await findNonFinite(rest, ids);
    expect(found).toEqual([]);
    expect(paths.length).toBeGreaterThan(30);
    const similar = await rest.post(`/v1/activation-sets/${ids['activation_set_id']}:findSimilar`, {
      queries: [{ split: 'SPLIT_VALIDATION', sampleId: 's480' }],
      k: 5,
    });
    expect([similar.status, nonFiniteIn(similar.body)]).toEqual([200, []]);
    const points = await checkPoints(rest, ids['exploration_id']!, [
      'loss',
      'correct',
      'predicted_class',
      'true_class',
    ]);
    expect(points).toMatchObject({ points: 600, found: [] });
  }, 180_000);
});

describe('RELIABILITY 13: a team whose queue is full', () => {
  it(
    'is answered 429 with the time to wait; what is not queued is answered, and there is room again when ' +
      'the queue is shorter',
    async () => {
      const { rest } = platform;
      const [project] = (await rest.get('/v1/projects?filter=display_name%20%3D%20%22one-class%22')).body[
        'projects'
      ] as { id: string }[];
      const runs = (await rest.get(`/v1/projects/${project!.id}/runs`)).body['runs'] as {
        datasetVersionId: string;
        modelVersionId: string;
        settings: { kind: string };
      }[];
      const run = runs.find(({ settings }) => settings.kind === 'RUN_KIND_TRAIN');
      const request = {
        datasetVersionId: run!.datasetVersionId,
        modelVersionId: run!.modelVersionId,
        settings: { kind: 'RUN_KIND_TRAIN', epochs: 1 },
      };
      await platform.query(`INSERT INTO training.job (id, team_id, kind, subject_id, payload)
      SELECT gen_random_uuid(), (SELECT team_id FROM training.job LIMIT 1), 'test.flood', 'flood', '{}' FROM
        generate_series(1, 10000)`);
      const full = await rest.raw('POST', `/v1/projects/${project!.id}/runs`, request);
      expect([full.status, full.headers.get('retry-after')]).toEqual([429, '30']);
      expect(await full.json()).toMatchObject({
        reason: 'QUEUE_FULL',
        detail: expect.stringContaining('wait for some to end') as string,
      });
      expect((await rest.get(`/v1/projects/${project!.id}/runs`)).status).toBe(200);
      await platform.query("DELETE FROM training.job WHERE kind = 'test.flood'");
      expect((await rest.post(`/v1/projects/${project!.id}/runs`, request)).status).toBe(200);
    },
  );
});
