import { appendFile, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArtifactReport } from '@noema/host';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blobsInto, jobEnded } from '../src/blobs-platform.js';
import { noema, noemaJson } from '../src/command-line.js';
import { RunningPlatform } from '../src/running-platform.js';

interface Named {
  readonly id: string;
}
interface Job {
  readonly id: string;
  readonly state: string;
  readonly shards: { readonly done?: number; readonly running?: number };
}

const INTEGRATION = fileURLToPath(new URL('../src/fixtures/slow.integration.js', import.meta.url));
const SDK = fileURLToPath(new URL('../../../libs/integration', import.meta.url));

let root: Awaited<ReturnType<typeof temporaryDirectory>>;
let platform: RunningPlatform;
const [origin, saved, copy] = ['origin', 'saved', 'copy'];
const at = (name: string): string => join(root.path, name);

beforeAll(async () => {
  root = await temporaryDirectory();
});
afterAll(async () => {
  await platform?.down();
  await root.remove();
});

/** Puts the slow integration into a directory of its own, with the file that makes it slow; returns its module. */
async function placeIntegration(directory: string): Promise<string> {
  const packages = join(directory, 'node_modules/@noema');
  await mkdir(packages, { recursive: true });
  await symlink(SDK, join(packages, 'integration'));
  await writeFile(join(directory, 'slow'), '');
  const modulePath = join(directory, 'slow.integration.mjs');
  await copyFile(INTEGRATION, modulePath);
  return modulePath;
}

/** The resources as the platform lists them, and the bytes behind them. */
async function everything(
  { rest }: RunningPlatform,
  ids: Readonly<Record<string, string>>,
): Promise<unknown> {
  const of = (path: string): Promise<unknown> => rest.get(path).then(({ status, body }) => [status, body]);
  return Promise.all([
    of(`/v1/dataset-versions/${ids['dataset_version_id']}`),
    of(`/v1/dataset-versions/${ids['dataset_version_id']}/samples?page_size=20`),
    of(`/v1/runs/${ids['run_id']}`),
    of(`/v1/activation-sets/${ids['activation_set_id']}`),
    of(`/v1/explorations/${ids['exploration_id']}`),
    of(`/v1/analyses/${ids['analysis_id']}`),
    of(`/v1/slices/${ids['slice_id']}`),
    of(`/v1/dashboards/${ids['dashboard_id']}`),
    of(`/v1/test-results/${ids['test_result_id']}`),
    of(`/v1/issues/${ids['issue_id']}/comments`),
  ]);
}

describe('a backup that was made while the platform works', () => {
  let ids: Record<string, string>;
  let before: unknown;
  let late: Named;
  let job: Job;
  let version: Named & { jobId: string };

  beforeAll(async () => {
    await mkdir(at(origin));
    ids = await blobsInto(at(origin));
    platform = await RunningPlatform.up(at(origin));
    before = await everything(platform, ids);
    const modulePath = await placeIntegration(at('integration'));
    const integration = await platform.rest.make<Named>(
      `/v1/projects/${ids['project_id']}/integrations`,
      'integration',
      { displayName: 'slow', source: { modulePath } },
    );
    version = await platform.rest.make<Named & { jobId: string }>(
      `/v1/projects/${ids['project_id']}/dataset-versions`,
      'datasetVersion',
      { integrationId: integration.id, shardSize: 20 },
    );
    const readJob = async (): Promise<Job> =>
      (await platform.rest.get(`/v1/datasets/jobs/${version.jobId}`)).body['job'] as Job;
    await waitFor(async () => ((await readJob()).shards.done ?? 0) > 2, {
      what: 'the first shards',
    });
    await noemaJson(at(origin), 'backup', '--to', at(saved));
    job = await readJob();
    // Resources made after the backup are not in it, and resources deleted after it are.
    late = await platform.rest.make<Named>('/v1/projects', 'project', { displayName: 'too late' });
    await platform.rest.call('DELETE', `/v1/analyses/${ids['analysis_id']}`);
    await platform.down();
    await rm(at(origin), { recursive: true });
    await rm(join(at('integration'), 'slow'));
  }, 400_000);

  it('was made in the midst of a job', () => {
    expect(job.state).toBe('JOB_STATE_RUNNING');
  });

  it('is refused by the name of the file that was damaged, and nothing of it stays', async () => {
    const stored = (await readFile(join(at(saved), 'SHA256SUMS'), 'utf8'))
      .split('\n')
      .find((line) => line.includes('  store/'))!
      .slice(66);
    const bytes = await readFile(join(at(saved), stored));
    await appendFile(join(at(saved), stored), 'x');
    const { code, stderr } = await noema(at(copy), 'restore', '--from', at(saved));
    expect(code).toBe(1);
    expect(stderr).toContain(`the backup is damaged: ${stored} is not what was saved`);
    expect(await readdir(at(copy))).toEqual([]);
    await writeFile(join(at(saved), stored), bytes);
  });

  it('is not restored over something, and not made into it', async () => {
    expect((await noema(at(saved), 'restore', '--from', at(saved))).stderr).toContain('is not empty');
    expect((await noema(at('nothing'), 'backup', '--to', at('x'))).stderr).toContain('no data directory');
    expect((await noema(at(copy), 'restore', '--from', at('nothing'))).stderr).toContain(
      'no complete backup',
    );
  });

  it('restored, has everything up to it and nothing later, under the same key', async () => {
    await noemaJson(at(copy), 'restore', '--from', at(saved));
    platform = await RunningPlatform.up(at(copy));
    expect(await everything(platform, ids)).toEqual(before);
    expect((await platform.rest.get(`/v1/projects/${late.id}`)).status).toBe(404);
  }, 240_000);

  it('goes on with the job that was interrupted, and makes new work', async () => {
    await jobEnded(platform.rest, 'datasets', version.jobId);
    const { body } = await platform.rest.get(`/v1/dataset-versions/${version.id}`);
    expect((body['datasetVersion'] as { sampleCount: number }).sampleCount).toBe(1_200);
    // Work before the backup was not repeated.
    const shards = (await platform.shards('datasets')).filter(
      (shard) => shard.job_id === version.jobId && shard.stage === 1,
    );
    expect(shards).toHaveLength(60);
    expect(shards.filter((shard) => shard.attempt > 1).length).toBeLessThan(5);
    const analysis = await platform.rest.make<Named & { jobId: string }>(
      `/v1/projects/${ids['project_id']}/analyses`,
      'analysis',
      { runId: ids['run_id'], sample: { split: 'SPLIT_VALIDATION', sampleId: 's481' } },
    );
    await jobEnded(platform.rest, 'explanations', analysis.jobId);
  }, 400_000);

  it('names no object that is not there, and none that is damaged', async () => {
    const reports = await noemaJson<ArtifactReport[]>(at(copy), 'verify', '--read');
    expect(reports.map(({ service }) => service).sort()).toEqual([
      'activations',
      'datasets',
      'explanations',
      'insights',
      'projection',
      'similarity',
      'training',
    ]);
    for (const { service, named, dangling, damaged } of reports)
      expect([service, named > 0 || service === 'insights', dangling, damaged]).toEqual([
        service,
        true,
        0,
        0,
      ]);
  }, 240_000);

  it('is found to dangle when an object is taken away', async () => {
    const { body } = await platform.rest.get(`/v1/dataset-versions/${ids['dataset_version_id']}`);
    const { uri } = (body['datasetVersion'] as { samples: { uri: string } }).samples;
    await rm(join(at(copy), 'store', uri));
    const { code, stdout, stderr } = await noema(at(copy), 'verify');
    expect(code).toBe(1);
    expect(stderr).toContain(`${uri} (missing)`);
    expect(stdout).toMatch(/datasets +\d+ +\d+ +1 /);
    expect((await noema(at(copy), 'doctor', '--quick')).stdout).toMatch(
      /artifacts +the store has lost or changed 1 artifacts/,
    );
    expect((await noema(at(copy), 'backup', '--to', at('lossy'))).stderr).toContain(
      'the backup is not whole: the store has lost or changed 1 artifacts',
    );
  }, 600_000);
});
