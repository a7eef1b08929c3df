import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { ArtifactSweep, Host } from '@noema/host';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT, type RunningDatasets, startDatasets, TEAM } from './running-datasets.js';

let running: RunningDatasets;
beforeAll(async () => {
  running = await startDatasets();
});
afterAll(() => running.stop());
afterEach(() => running.stopWorkers());

/** An integration of `length` samples in which one thing is written differently. */
const code = (change: Readonly<Record<string, string>>, length = 300): string => {
  const parts: Record<string, string> = {
    preprocess: `() => ({ training: { length: ${length}, data: null } })`,
    x: '({ index }) => [index, 1]',
    y: '({ index }) => oneHot(index % 2, 2)',
    m: '({ index }) => index',
    labels: "['a', 'b']",
    before: '',
    ...change,
  };
  return `${parts['before']}
export const integration = defineIntegration({
  name: 'made',
  preprocess: ${parts['preprocess']},
  inputs: { x: ${parts['x']} },
  groundTruths: { y: ${parts['y']} },
  metadata: { m: ${parts['m']} },
  predictions: { labels: ${parts['labels']} },
});`;
};
const listArtifacts = async (ingestionId: string): Promise<string[]> => {
  const uris: string[] = [];
  for await (const { uri } of running.store.list(`${TEAM}/${PROJECT}/dataset-versions/${ingestionId}/`))
    uris.push(uri);
  return uris;
};
const queue = async (integrationId: string, shardSize: number) => {
  const { datasetVersion, job } = await running.api.versions.createDatasetVersion({
    projectId: PROJECT,
    integrationId,
    shardSize,
  });
  const state = async () => (await running.api.jobs.getJob({ service: 'datasets', jobId: job!.id })).job!;
  return { id: datasetVersion!.id, jobId: job!.id, state };
};

describe('bad input', () => {
  it(
    'an integration that throws in one sample of 10,000 is named: split, id, handler, file and line; ' +
      'nothing half-made stays',
    async () => {
      await running.startWorker();
      const { integration, modulePath } = await running.register(
        code(
          {
            x:
              "({ index }) => {\n    if (index === 7321) throw new RangeError('cut short');\n    return " +
              'index;\n  }',
          },
          10_000,
        ),
      );
      const { version, job, ingestionId } = await running.ingest(integration.id);
      expect(job.state).toBe(JobState.FAILED);
      expect(job.attempt).toBe(1);
      expect(version).toMatchObject({
        id: ingestionId,
        state: JobState.FAILED,
        sampleCount: 0,
        fault: { reason: 'HANDLER_THREW' },
      });
      expect(version.fault!.metadata).toMatchObject({
        split: 'training',
        sample_id: '7321',
        handler: 'x',
        role: 'input',
        file: modulePath,
        line: '7',
      });
      expect(version.fault!.message).toBe(
        `input "x" at training sample "7321" threw RangeError: cut short (${modulePath}:7)`,
      );
      await expect(running.api.samples.listSamples({ datasetVersionId: ingestionId })).rejects.toMatchObject({
        kind: 'precondition',
        reason: 'DATASET_VERSION_NOT_READY',
      });
      await expect(running.api.versions.listShards({ datasetVersionId: ingestionId })).rejects.toMatchObject({
        reason: 'DATASET_VERSION_NOT_READY',
      });
      await waitFor(async () => (await listArtifacts(ingestionId)).length === 0);
    },
  );

  it.each<[string, Record<string, string>, string, Record<string, string>]>([
    [
      'an encoder with another shape for one sample',
      { x: '({ index }) => new Float32Array(index === 250 ? 3 : 2)' },
      'SHAPE_CHANGED',
      { sample_id: '250', handler: 'x' },
    ],
    [
      'RELIABILITY 30: a NaN in an input',
      { x: '({ index }) => [index === 250 ? NaN : 1]' },
      'NOT_FINITE',
      { sample_id: '250', handler: 'x' },
    ],
    [
      'a label outside the classes',
      { y: '({ index }) => (index === 250 ? 2 : 0)' },
      'LABEL_OUTSIDE_CLASSES',
      { sample_id: '250', handler: 'y' },
    ],
    [
      'a duplicate sample id',
      { preprocess: "() => ({ training: { length: 3, data: null, ids: ['a', 'b', 'a'] } })" },
      'SAMPLE_ID_DUPLICATE',
      { sample_id: 'a', split: 'training' },
    ],
    [
      'RELIABILITY 30: an empty split',
      {
        preprocess: '() => ({ training: { length: 3, data: null }, validation: { length: 0, data: null } })',
      },
      'SPLIT_EMPTY',
      { split: 'validation' },
    ],
    ['no split at all', { preprocess: '() => ({})' }, 'SPLIT_EMPTY', { role: 'preprocess' }],
    [
      'metadata of two types in two shards',
      { m: "({ index }) => (index < 64 ? 1 : 'x')" },
      'METADATA_TYPE_CHANGED',
      { handler: 'm' },
    ],
    [
      'a preprocess that differs from run to run',
      {
        x: 'async ({ index }) => { await new Promise((r) => setTimeout(r, 20)); return index; }',
        preprocess:
          '() => ({ training: { length: 300, data: null, ids: Array.from({ length: 300 }, (_, i) => i + ' +
          '"-" + Math.random()) } })',
      },
      'PREPROCESS_NOT_REPEATABLE',
      {},
    ],
    [
      'a shard that is too large',
      { x: '({ index }) => new Float32Array(index < 0 ? 1 : 4_000_000)' },
      'SHARD_TOO_LARGE',
      { shard_size: '33' },
    ],
  ])('%s is refused with a reason of its own', async (_what, change, reason, metadata) => {
    await running.startWorker();
    const { integration } = await running.register(code(change));
    const { version, ingestionId } = await running.ingest(integration.id, 64);
    expect(version.fault).toMatchObject({ reason });
    expect(version.fault!.metadata).toMatchObject(metadata);
    expect(version.fault!.message.length).toBeGreaterThan(20);
    await waitFor(async () => (await listArtifacts(ingestionId)).length === 0);
  });

  const SOME_BAD = {
    preprocess:
      '() => ({ training: { length: 300, data: 0 }, validation: { length: 20, data: 1000, ids: ' +
      "Array.from({ length: 20 }, (_, i) => 'held/' + i) } })",
    x:
      '({ index, data }) => {\n    if (data === 0 && (index === 0 || index === 130)) throw new ' +
      "RangeError('cut short');\n    return [data + index, index === 17 && data > 0 ? NaN : 1];\n  }",
    m: "({ index, data }) => (index === 200 && data === 0 ? 'a text' : data + index)",
  };

  it(
    'samples that fail are left out up to the requested share, each with its reason; the others ' +
      'keep what they are',
    async () => {
      await running.startWorker();
      const { integration, modulePath } = await running.register(code(SOME_BAD));
      const { version } = await running.ingest(integration.id, 64, 0.02);
      expect(version).toMatchObject({ state: JobState.SUCCEEDED, sampleCount: 316, skippedCount: 4 });
      expect(version.splits.map(({ count, firstRow }) => [count, firstRow])).toEqual([
        [297, 0],
        [19, 297],
      ]);
      expect(
        version.skippedSamples.map(({ sample, index, fault }) => [
          sample!.split,
          sample!.sampleId,
          index,
          fault!.reason,
        ]),
      ).toEqual([
        [Split.TRAINING, '0', 0, 'HANDLER_THREW'],
        [Split.TRAINING, '130', 130, 'HANDLER_THREW'],
        [Split.TRAINING, '200', 200, 'METADATA_TYPE_CHANGED'],
        [Split.VALIDATION, 'held/17', 17, 'NOT_FINITE'],
      ]);
      expect(version.skippedSamples[0]!.fault!.metadata).toMatchObject({
        handler: 'x',
        file: modulePath,
        line: '7',
      });
      const { samples } = await running.api.samples.listSamples({
        datasetVersionId: version.id,
        pageSize: 1000,
      });
      expect(samples.map(({ row }) => row)).toEqual(samples.map((_, row) => row));
      expect(samples.map(({ metadata }) => metadata!['m'])).toEqual([
        ...Array.from({ length: 300 }, (_, i) => i).filter((i) => ![0, 130, 200].includes(i)),
        ...Array.from({ length: 20 }, (_, i) => 1000 + i).filter((i) => i !== 1017),
      ]);
      const { datasetVersions } = await running.api.versions.listDatasetVersions({
        projectId: PROJECT,
        filter: `display_name = "${version.displayName}"`,
      });
      expect(datasetVersions).toMatchObject([{ skippedCount: 4, skippedSamples: [] }]);
    },
  );

  it.each<[string, Record<string, string>, number, string, RegExp]>([
    ['without a share', SOME_BAD, 0, 'HANDLER_THREW', /sample "0" threw RangeError: cut short/],
    [
      'beyond the share',
      SOME_BAD,
      0.01,
      'TOO_MANY_BAD_SAMPLES',
      /4 of the first 318 of 320 samples fail, and 3 may be skipped.*sample "0" threw .*sample "held\/17"/,
    ],
    [
      'in all of a split',
      { ...SOME_BAD, x: '({ data }) => (data === 0 ? 1 : NaN)', m: '() => 1' },
      0.5,
      'TOO_MANY_BAD_SAMPLES',
      /all 20 samples of the split "validation" fail/,
    ],
    [
      'where nothing has a value',
      { m: '() => NaN' },
      0.5,
      'METADATA_EMPTY',
      /metadata "m" has no value for any of 300 samples/,
    ],
  ])('samples that fail %s fail the version', async (_what, change, share, reason, message) => {
    await running.startWorker();
    const { integration } = await running.register(code(change));
    const { version } = await running.ingest(integration.id, 64, share);
    expect(version).toMatchObject({
      state: JobState.FAILED,
      fault: { reason, message: expect.stringMatching(message) as string },
    });
  });

  it('an invalid share is refused', async () => {
    const { integration } = await running.register(code({}));
    for (const maxSkippedShare of [-0.1, 1.1, NaN]) {
      await expect(
        running.api.versions.createDatasetVersion({
          projectId: PROJECT,
          integrationId: integration.id,
          maxSkippedShare,
        }),
      ).rejects.toMatchObject({ reason: 'SKIPPED_SHARE_INVALID' });
    }
  });

  it('a module that changed after it was registered is not ingested half old, half new', async () => {
    await running.startWorker();
    const { integration, modulePath } = await running.register(code({}));
    await appendFile(modulePath, '\n// later\n');
    const { version } = await running.ingest(integration.id);
    expect(version.fault).toMatchObject({
      reason: 'INTEGRATION_CHANGED',
      metadata: { module_path: modulePath },
    });
  });

  it(
    'RELIABILITY 12: an integration whose process dies is tried three times and then failed with what it ' +
      'wrote last; the queue goes on',
    async () => {
      await running.startWorker();
      const poison = await running.register(
        code({
          x: "({ index }) => { if (index === 5) { console.error('out of luck'); process.exit(9); } return 1; }",
        }),
      );
      const failing = running.ingest(poison.integration.id);
      const good = await running.register(code({}));
      expect((await running.ingest(good.integration.id)).job.state).toBe(JobState.SUCCEEDED);
      const { job, version } = await failing;
      expect(job).toMatchObject({ state: JobState.FAILED, attempt: 3 });
      expect(version.fault).toMatchObject({
        reason: 'INTEGRATION_CRASHED',
        message:
          'the process of the integration ended by itself (exit code 9); look for process.exit, a native ' +
          'module that fails, or too little memory. It wrote last: out of luck',
      });
    },
  );
});

describe('work that is interrupted', () => {
  /** 640 samples; sample 255 says that it is reached, and waits until `DIRECTORY/open` exists. */
  const gated = (directory: string) =>
    code(
      {
        before: "import { existsSync, writeFileSync } from 'node:fs';",
        x: `async ({ index }) => {
    if (index === 255) {
      writeFileSync('${directory}/reached', '');
      while (!existsSync('${directory}/open')) await new Promise((wake) => setTimeout(wake, 10));
    }
    return [index, 4];
  }`,
      },
      640,
    );

  it('user code sees no setting and no secret of the service', async () => {
    await running.startWorker();
    const { integration } = await running.register(code({ m: '() => Object.keys(process.env).join()' }));
    const { version } = await running.ingest(integration.id);
    expect(version.metadataColumns).toMatchObject([{ name: 'm', values: [''] }]);
  });

  it("RELIABILITY 15: a check that hangs ends with the caller's deadline, and so does its process", async () => {
    const { integration } = await running.register(code({ x: '() => { for (;;); }' }));
    const begun = performance.now();
    await expect(
      running.api.integrations.checkIntegration({ integrationId: integration.id }, { timeoutMs: 1_500 }),
    ).rejects.toMatchObject({ kind: 'timeout' });
    expect(performance.now() - begun).toBeLessThan(30_000);
    await waitFor(
      () =>
        !execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).includes(
          'integration.process.js',
        ),
    );
  });

  it(
    'RELIABILITY 19: a check whose process is killed answers unavailable; the service lives and the next ' +
      'check is answered',
    async () => {
      const [hanging, good] = [
        await running.register(code({ x: '() => { for (;;); }' })),
        await running.register(code({})),
      ];
      const answer = expect(
        running.api.integrations.checkIntegration({ integrationId: hanging.integration.id }),
      ).rejects.toMatchObject({ kind: 'unavailable', reason: 'INTEGRATION_CRASHED' });
      const child = await waitFor(
        () =>
          /^ *(\d+) .*integration\.process\.js/m.exec(
            execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' }),
          )?.[1],
      );
      process.kill(Number(child), 'SIGKILL');
      await answer;
      expect(
        (await running.api.integrations.checkIntegration({ integrationId: good.integration.id })).report,
      ).toBeDefined();
    },
  );

  it('RELIABILITY 15: cancel stops within one batch and the version never appears', async () => {
    await running.startWorker();
    const { integration } = await running.register(
      code(
        { x: 'async ({ index }) => { await new Promise((r) => setTimeout(r, 20)); return index; }' },
        10_000,
      ),
    );
    const { id, jobId, state } = await queue(integration.id, 64);
    await waitFor(
      async () => (await state()).progress!.stage === 'encode' && (await state()).shards!.running > 0,
    );
    await running.api.jobs.cancelJob({ service: 'datasets', jobId });
    const begun = performance.now();
    await waitFor(async () => (await state()).state === JobState.CANCELLED);
    expect(performance.now() - begun).toBeLessThan(30_000);
    expect(
      (await running.api.versions.getDatasetVersion({ datasetVersionId: id })).datasetVersion!.state,
    ).toBe(JobState.CANCELLED);
    await running.api.versions.deleteDatasetVersion({ datasetVersionId: id });
    expect(await listArtifacts(id)).toEqual([]);
  });

  it(
    'RELIABILITY 1: SIGKILL of a worker in mid-shard costs that shard only, and the version is the same ' +
      'as without it',
    async () => {
      const directory = await temporaryDirectory();
      const gate = join(directory.path, 'open');
      const reached = join(directory.path, 'reached');
      await writeFile(gate, '');
      const { integration } = await running.register(gated(directory.path));
      await running.startWorker();
      const undisturbed = await running.ingest(integration.id, 64);
      expect(undisturbed.job.state).toBe(JobState.SUCCEEDED);
      await running.stopWorkers();
      await running.api.versions.deleteDatasetVersion({ datasetVersionId: undisturbed.version.id });
      await rm(gate);
      await rm(reached);

      const child: ChildProcess = fork(new URL('../src/worker.js', import.meta.url), {
        env: { ...running.env, NOEMA_WORKER_CONCURRENCY: '1' },
        stdio: 'inherit',
        execArgv: [],
      });
      try {
        const { id, jobId, state } = await queue(integration.id, 64);
        const host = running.service.app.get(Host);
        const shards = <Row>(columns: string, rest: string): Promise<readonly Row[]> =>
          host.database().run(TEAM, async () => {
            const found = await sql<Row>`select ${sql.raw(columns)} from shard where job_id = ${jobId} and
              stage = 1 ${sql.raw(rest)}`.execute(host.database().tx());
            return found.rows;
          });
        // On a busy machine a late attempt at the version before may reach the sample again as well.
        await waitFor(
          async () =>
            existsSync(reached) &&
            (await shards('index', "and index = 3 and state = 'running'")).length === 1,
        );
        expect((await state()).shards).toMatchObject({ running: 1 });
        child.kill('SIGKILL');
        await once(child, 'exit');
        await writeFile(gate, '');
        await running.startWorker();
        await waitFor(async () => (await state()).state === JobState.SUCCEEDED);
        const { datasetVersion } = await running.api.versions.getDatasetVersion({ datasetVersionId: id });
        expect(datasetVersion).toMatchObject({
          id: undisturbed.version.id,
          contentDigest: undisturbed.version.contentDigest,
          sampleCount: 640,
        });
        const rows = await shards('attempt, count(*)::int as n', 'group by attempt order by attempt');
        expect(rows).toEqual([
          { attempt: 1, n: 9 },
          { attempt: 2, n: 1 },
        ]);
        expect(
          (await running.api.versions.listShards({ datasetVersionId: id })).shards.map((s) => s.index),
        ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      } finally {
        child.kill('SIGKILL');
        await directory.remove();
      }
    },
  );

  it(
    'RELIABILITY 18: a full disk fails the job clearly, with nothing visible; once there is space, the ' +
      'same job goes on and succeeds',
    async ({ skip }) => {
      if (process.getuid?.() !== 0) skip('mounting a small tmpfs needs root');
      const small = await temporaryDirectory();
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', small.path], { stdio: 'pipe' });
      } catch (error) {
        await small.remove();
        skip(`no tmpfs can be mounted here: ${String(error)}`);
      }
      try {
        await running.startWorker({ NOEMA_STORE_URL: pathToFileURL(small.path).href });
        const { integration } = await running.register(
          code({ x: '({ index }) => new Float32Array(5_000).fill(index)' }, 100),
        );
        const { id, jobId, state } = await queue(integration.id, 50);
        await waitFor(async () => (await state()).state === JobState.FAILED);
        expect((await state()).fault).toMatchObject({ reason: 'STORE_FULL' });
        expect((await state()).fault!.message).toMatch(/free or add disk space/);
        expect(
          (await running.api.versions.getDatasetVersion({ datasetVersionId: id })).datasetVersion,
        ).toMatchObject({ state: JobState.FAILED, sampleCount: 0 });
        expect(await readdir(join(small.path, '.temporary'))).toEqual([]);
        execFileSync('mount', ['-o', 'remount,size=16m', small.path]);
        await running.api.jobs.retryJob({ service: 'datasets', jobId });
        await waitFor(async () => (await state()).state === JobState.SUCCEEDED);
        expect(
          (await running.api.versions.getDatasetVersion({ datasetVersionId: id })).datasetVersion,
        ).toMatchObject({ state: JobState.SUCCEEDED, sampleCount: 100 });
      } finally {
        await running.stopWorkers();
        execFileSync('umount', [small.path]);
        await small.remove();
      }
    },
  );

  it('the sweeper removes what no version names and keeps what one does', async () => {
    await running.startWorker();
    const { integration } = await running.register(code({}, 100));
    const first = await running.ingest(integration.id, 50);
    const again = await running.ingest(integration.id, 50);
    expect(again.version.id).toBe(first.version.id);
    expect((await listArtifacts(again.ingestionId)).length).toBeGreaterThan(0);
    const sweep = running.service.app.get(ArtifactSweep);
    await sweep.run({ graceMs: 0 });
    expect(await listArtifacts(again.ingestionId)).toEqual([]);
    expect(
      (await listArtifacts(first.ingestionId)).map((uri) => uri.split('/')[4]!.split('.')[0]).sort(),
    ).toEqual(['ground-truths-00000', 'ground-truths-00001', 'inputs-00000', 'inputs-00001', 'samples']);
    expect((await running.api.samples.listSamples({ datasetVersionId: first.version.id })).totalSize).toBe(
      100,
    );
  });
});
