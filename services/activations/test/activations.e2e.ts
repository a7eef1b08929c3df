import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { artifactKey, writeMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { BasisMethod } from '@noema/contracts/noema/activations/v1/activation_set';
import { PerceptionSpaceService } from '@noema/contracts/noema/activations/v1/perception_space_service';
import { UnitService } from '@noema/contracts/noema/activations/v1/unit_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { ArtifactSweep } from '@noema/host';
import { decodeBasis, decodeMoments, computeMoments, project } from '@noema/perception';
import { assertRowLevelSecurity } from '@noema/postgres';
import { holdRows, startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Platform, startPlatform } from './platform.js';
import { setReader } from './sets.js';

let postgres: TestPostgres;
let platform: Platform;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});
beforeEach(async () => {
  platform = await startPlatform(postgres);
});
afterEach(async () => {
  await platform.close();
});

/** Of a worker that is killed and of its heir, so that its work is soon free. */
const SHORT_LEASE = { NOEMA_WORKER_LEASE_MS: '1500' };

const { listSets, ended, listShards, matrix, extracted } = setReader(() => platform);

describe('after an epoch', () => {
  it('all responses and vectors of all samples are stored and announced without a request', async () => {
    await platform.startWorker();
    const { world } = platform;
    const set = await extracted(await world.addRun());
    expect(set).toMatchObject({
      state: JobState.SUCCEEDED,
      sampleCount: 230,
      shardSize: 50,
      engine: 'onnxruntime-cpu',
      epoch: 1,
    });
    expect(
      set.layers.map(({ name, kind, unitCount, firstUnit, droppedUnits, positionDims }) => ({
        name,
        kind,
        unitCount,
        firstUnit,
        droppedUnits,
        positionDims,
      })),
    ).toEqual([
      {
        name: 'conv',
        kind: 'Conv2D',
        unitCount: 6,
        firstUnit: 0,
        droppedUnits: expect.arrayContaining([1]) as number[],
        positionDims: [6, 6],
      },
      {
        name: 'dense',
        kind: 'Dense',
        unitCount: 12,
        firstUnit: 6,
        droppedUnits: expect.any(Array) as number[],
        positionDims: [],
      },
      { name: 'side', kind: 'Dense', unitCount: 3, firstUnit: 18, droppedUnits: [], positionDims: [] },
    ]);
    expect(set.explainedVariance).toBeGreaterThanOrEqual(0.99);
    const shards = await listShards(set.id);
    expect(shards.map(({ firstRow, rowCount }) => [firstRow, rowCount])).toEqual([
      [0, 50],
      [50, 50],
      [100, 50],
      [150, 50],
      [200, 30],
    ]);
    const responses = Float32Array.from(
      (await Promise.all(shards.map((shard) => matrix(shard.responses, 'mean')))).flatMap(({ data }) => [
        ...data,
      ]),
    );
    expect(responses).toHaveLength(230 * 21);
    const moments = decodeMoments(await platform.store.get(parseArtifactRef(set.moments, 'moments')));
    computeMoments(responses, 21).coMoment.forEach((value, i) => {
      expect(moments.coMoment[i]).toBeCloseTo(value, 6);
    });
    const vectors = await Promise.all(shards.map((shard) => matrix(shard.vectors, 'vectors')));
    expect(vectors.every(({ dims }) => dims[0] === set.dimensions)).toBe(true);
    const [message] = await waitFor(() => (platform.announced.length > 0 ? platform.announced : undefined));
    expect(message!.body).toMatchObject({
      activationSetId: set.id,
      runId: set.runId,
      dimensions: set.dimensions,
      sampleCount: 230,
    });
    expect((message!.body as { vectors: { uri: string }[] }).vectors.map(({ uri }) => uri)).toEqual(
      shards.map((shard) => shard.vectors!.uri),
    );
  });

  it(
    'of the layers that a run follows there are responses, and of no others; other data are followed ' +
      'alike',
    async () => {
      await platform.startWorker();
      const { world } = platform;
      const [whole, part] = [await world.addRun(), await world.addRun()];
      const all = await extracted(whole);
      await platform.completeEpoch(part, undefined, { layers: ['side', 'conv'] });
      const chosen = await ended(part);
      const readMeans = async (id: string) => matrix((await listShards(id))[0]!.responses, 'mean');
      expect(chosen.layers.map(({ name, unitCount, firstUnit }) => [name, unitCount, firstUnit])).toEqual([
        ['conv', 6, 0],
        ['side', 3, 6],
      ]);
      const [everything, some] = [await readMeans(all.id), await readMeans(chosen.id)];
      for (let row = 0; row < 50; row++)
        expect([...some.data.subarray(row * 9, row * 9 + 9)]).toEqual([
          ...everything.data.subarray(row * 21, row * 21 + 6),
          ...everything.data.subarray(row * 21 + 18, row * 21 + 21),
        ]);
      const { activationSet: placed } = await platform
        .client(ActivationSetService)
        .projectActivationSet({ activationSetId: chosen.id, datasetVersionId: world.other.datasetVersionId });
      const there = await waitFor(
        async () => {
          const { activationSet } = await platform
            .client(ActivationSetService)
            .getActivationSet({ activationSetId: placed!.id });
          return activationSet!.readyTime === undefined ? undefined : activationSet;
        },
        { what: 'the set of other data' },
      );
      expect(there.layers.map(({ name }) => name)).toEqual(['conv', 'side']);
    },
  );

  it(
    'more units than a covariance is computed for get the vectors of it nearly, and the set says how they ' +
      'were found',
    async () => {
      const vectorsBy = async (exactUnits: number) => {
        const worker = await platform.startWorker({ NOEMA_EXACT_UNITS: String(exactUnits) });
        const set = await extracted(await platform.world.addRun());
        await worker.close();
        const parts = await Promise.all(
          (await listShards(set.id)).map((shard) => matrix(shard.vectors, 'vectors')),
        );
        return {
          set,
          vectors: parts.flatMap(({ data }) =>
            Array.from({ length: data.length / set.dimensions }, (_, row) =>
              data.subarray(row * set.dimensions, (row + 1) * set.dimensions),
            ),
          ),
        };
      };
      const [exact, searched] = [await vectorsBy(21), await vectorsBy(20)];
      const distance = (vectors: Float32Array[], a: number, b: number): number =>
        Math.hypot(...vectors[a]!.map((value, c) => value - vectors[b]![c]!));
      expect([exact, searched].map(({ set }) => set.basisMethod)).toEqual([
        BasisMethod.EXACT,
        BasisMethod.RANDOMIZED,
      ]);
      expect([exact.set.basisResidual, searched.set.basisResidual < 0.005, searched.set.dimensions]).toEqual([
        0,
        true,
        exact.set.dimensions,
      ]);
      searched.set.layers.forEach(({ firstEigenvalue }, i) => {
        expect(firstEigenvalue).toBeCloseTo(exact.set.layers[i]!.firstEigenvalue, 2);
      });
      for (let row = 1; row < 230; row++)
        expect(Math.abs(distance(searched.vectors, 0, row) - distance(exact.vectors, 0, row))).toBeLessThan(
          0.01,
        );
    },
  );

  it('RELIABILITY 3: an event delivered twice makes one set', async () => {
    await platform.startWorker();
    const runId = await platform.world.addRun();
    const id = randomUUID();
    await platform.completeEpoch(runId, id);
    await platform.completeEpoch(runId, id);
    await platform.completeEpoch(runId);
    await ended(runId);
    expect(await listSets(runId)).toHaveLength(1);
  });

  it('several workers share one set, with the same bytes as one', async () => {
    const alone = await platform.startWorker();
    const one = await listShards((await extracted(await platform.world.addRun())).id);
    await alone.close();
    await Promise.all([platform.startWorker(), platform.startWorker(), platform.startWorker()]);
    const many = await listShards((await extracted(await platform.world.addRun())).id);
    expect(many.map((shard) => [shard.responses!.sha256, shard.vectors!.sha256])).toEqual(
      one.map((shard) => [shard.responses!.sha256, shard.vectors!.sha256]),
    );
  });

  it('RELIABILITY 1: a worker killed in mid-shard costs time only: same numbers, none twice', async () => {
    const { admin, world, store } = platform;
    const whole = await platform.startWorker();
    const first = await listShards((await extracted(await world.addRun())).id);
    await whole.close();
    const runId = await world.addRun();
    // So the worker is surely in the middle of shard 2 when it dies.
    const second = await holdRows(
      platform.adminUrl,
      'activations.activation_shard',
      'new.index = 2 and new.responses is not null and new.vectors is null',
    );
    const doomed = platform.forkWorker(SHORT_LEASE);
    const dead = once(doomed, 'exit');
    await platform.completeEpoch(runId);
    await second.reached();
    doomed.kill('SIGKILL');
    await dead;
    await second.close();
    await platform.startWorker(SHORT_LEASE);
    const set = await ended(runId);
    const shards = await listShards(set.id);
    expect(set.state).toBe(JobState.SUCCEEDED);
    expect(shards.map((shard) => [shard.responses!.sha256, shard.vectors!.sha256])).toEqual(
      first.map((shard) => [shard.responses!.sha256, shard.vectors!.sha256]),
    );
    const work = await admin.runSystem(() =>
      sql<{ stage: string; index: number; attempt: number; state: string }>`
      select stage_name as stage, index, attempt, state from activations.shard where job_id = ${set.jobId}
        order by stage, index`.execute(admin.tx()),
    );
    const extract = work.rows.filter((row) => row.stage === 'extract');
    expect(extract.map(({ index, attempt, state }) => [index, attempt, state])).toEqual([
      [0, 1, 'done'],
      [1, 1, 'done'],
      [2, 2, 'done'],
      [3, 1, 'done'],
      [4, 1, 'done'],
    ]);
    const stored: string[] = [];
    for await (const object of store.list(
      `${world.teamId}/${world.projectId}/activations/${set.id}/responses`,
    ))
      stored.push(object.uri);
    expect(stored).toHaveLength(5);
    await waitFor(() =>
      platform.announced.some((message) => (message.body as { runId: string }).runId === runId),
    );
    expect(
      platform.announced.filter((message) => (message.body as { runId: string }).runId === runId),
    ).toHaveLength(1);
  });

  it(
    'a worker that holds more than it may does one shard and ends with code 0, and the job goes on ' +
      'without counting an attempt',
    async () => {
      const runId = await platform.world.addRun();
      const hold =
        "import{isMainThread}from'node:worker_threads';isMainThread&&(globalThis.held=Buffer.alloc(2**28+2**26,1))";
      await platform.completeEpoch(runId);
      const { code } = await platform.runWorker({
        NOEMA_WORKER_BYTES: String(2 ** 28),
        NODE_OPTIONS: `--import=data:text/javascript,${hold.replaceAll(' ', '%20')}`,
      });
      const { fault, state, jobId } = (await listSets(runId))[0]!;
      const job = async () =>
        (await platform.client(JobService).getJob({ service: 'activations', jobId })).job!;
      expect([code, fault, state]).toEqual([0, undefined, JobState.RUNNING]);
      // The plan is made; all shards of the step behind it wait.
      expect((await job()).shards).toMatchObject({ queued: 5, running: 0, done: 0 });
      await platform.startWorker();
      expect(await ended(runId)).toMatchObject({ state: JobState.SUCCEEDED, sampleCount: 230 });
      expect((await job()).attempt).toBe(1);
    },
  );

  it('RELIABILITY 22: a worker that requires a GPU and finds no GPU does not start, and says why', async () => {
    const { code, output } = await platform.runWorker({ NOEMA_ENGINE_BACKEND: 'cuda' });
    expect(code).toBe(1);
    expect(output).toMatch(
      /activations worker does not start: device "cuda" was requested and is not available/,
    );
  });

  it('RELIABILITY 30: activations that are no numbers fail the set at once, naming layer, unit and row', async () => {
    await platform.startWorker();
    const runId = await platform.world.addRun((name, values) => {
      if (name === 'dense/bias') values[4] = NaN;
    });
    await platform.completeEpoch(runId);
    const set = await ended(runId);
    expect(set.state).toBe(JobState.FAILED);
    expect(set.fault).toMatchObject({
      reason: 'RESPONSE_NOT_FINITE',
      metadata: { layer: 'dense', unit: '4' },
    });
    expect(set.fault!.message).toMatch(/unit 4 of layer "dense" answers NaN to row \d+/);
    expect(platform.announced).toEqual([]);
  });

  it('a set whose units do not vary fails with the cause, and nothing is drawn from it', async () => {
    await platform.startWorker();
    const { world, store, announced } = platform;
    const { shards } = world;
    const { teamId, projectId } = world;
    const catchFault = async (runId: string) => {
      await platform.completeEpoch(runId);
      return (await ended(runId)).fault;
    };
    const silent = await catchFault(
      await world.addRun((_, values) => {
        values.fill(0);
      }),
    );
    expect(silent).toMatchObject({
      reason: 'RESPONSES_DO_NOT_VARY',
      metadata: { cause: 'silent-units', samples: '230', units: '21' },
    });
    expect(silent!.message).toMatch(
      /the 230 samples differ, but none of the 21 units of conv, dense, side responds to it: the network is dead there/,
    );
    const storeShard = async (rows: number) => {
      const bytes = writeMatrix([
        { name: 'image', data: new Float32Array(rows * 64).fill(0.5), rows, dims: [8, 8, 1] },
      ]);
      const inputs = await store.put(
        artifactKey({ teamId, projectId, kind: 'world', id: randomUUID(), part: 'inputs' }),
        bytes,
        'application/octet-stream',
      );
      return { index: 0, firstRow: 0, rowCount: rows, inputs };
    };
    world.shards = [await storeShard(40)];
    expect(await catchFault(await world.addRun())).toMatchObject({
      reason: 'RESPONSES_DO_NOT_VARY',
      metadata: { cause: 'equal-inputs', samples: '40' },
    });
    world.shards = [await storeShard(1)];
    expect(await catchFault(await world.addRun())).toMatchObject({
      reason: 'RESPONSES_DO_NOT_VARY',
      metadata: { cause: 'one-sample' },
    });
    world.shards = shards;
    expect(announced).toEqual([]);
  });

  it(
    'RELIABILITY 11: inputs whose stored bytes changed fail the set at once, and no number is made of ' +
      'them',
    async () => {
      await platform.startWorker();
      const { world } = platform;
      const { uri } = world.shards[3]!.inputs;
      await platform.hurt(uri);
      const runId = await world.addRun();
      await platform.completeEpoch(runId);
      expect((await ended(runId)).fault).toMatchObject({ reason: 'ARTIFACT_DAMAGED' });
      expect(platform.announced).toEqual([]);
    },
  );

  it('a set that was cancelled can be taken up again, and deleted when it has ended', async () => {
    const jobs = platform.client(JobService);
    const sets = platform.client(ActivationSetService);
    const runId = await platform.world.addRun();
    await platform.completeEpoch(runId);
    const [queued] = await waitFor(async () => {
      const found = await listSets(runId);
      return found.length > 0 ? found : undefined;
    });
    await expect(sets.deleteActivationSet({ activationSetId: queued!.id })).rejects.toMatchObject({
      reason: 'ACTIVATION_SET_BUSY',
    });
    await expect(
      platform.client(UnitService).listUnits({ activationSetId: queued!.id, layer: 'conv' }),
    ).rejects.toMatchObject({ reason: 'ACTIVATION_SET_NOT_READY' });
    await jobs.cancelJob({ service: 'activations', jobId: queued!.jobId });
    expect((await ended(runId)).state).toBe(JobState.CANCELLED);
    await jobs.retryJob({ service: 'activations', jobId: queued!.jobId });
    await platform.startWorker();
    expect((await ended(runId)).state).toBe(JobState.SUCCEEDED);
    await sets.deleteActivationSet({ activationSetId: queued!.id });
    expect(await listSets(runId)).toEqual([]);
  });

  it('RELIABILITY 30: a population without samples is refused by name', async () => {
    await platform.startWorker();
    platform.world.shards = [];
    const runId = await platform.world.addRun();
    await platform.completeEpoch(runId);
    expect((await ended(runId)).fault).toMatchObject({ reason: 'POPULATION_EMPTY' });
  });
});

describe('perception spaces', () => {
  it('are views of the same responses: no second pass of the model', async () => {
    await platform.startWorker();
    const sets = platform.client(ActivationSetService);
    const { projectId } = platform.world;
    const all = await extracted(await platform.world.addRun());
    const spaces = (await platform.client(PerceptionSpaceService).listPerceptionSpaces({ projectId }))
      .perceptionSpaces;
    expect(spaces.map((space) => space.name).sort()).toEqual([
      'all',
      'appearance',
      'concept',
      'layer/conv',
      'layer/dense',
      'layer/side',
    ]);
    const { perceptionSpace } = await platform.client(PerceptionSpaceService).createPerceptionSpace({
      projectId,
      name: 'mostly dense',
      layerWeights: [
        { layer: 'dense', weight: 3 },
        { layer: 'conv', weight: 1 },
      ],
      maxDimensions: 4,
    });
    for (const space of [
      'appearance',
      spaces.find((s) => s.name === 'layer/side')!.id,
      perceptionSpace!.id,
    ]) {
      const { activationSet, job } = await sets.createActivationSet({
        projectId,
        runId: all.runId,
        epoch: 0,
        perceptionSpaceId: space,
      });
      expect(job!.service).toBe('activations');
      const view = await waitFor(
        async () => {
          const { activationSet: now } = await sets.getActivationSet({ activationSetId: activationSet!.id });
          return now!.state === JobState.SUCCEEDED ? now : undefined;
        },
        { what: 'the set' },
      );
      const [mine, others] = [await listShards(view.id), await listShards(all.id)];
      expect(mine.map((shard) => shard.responses!.uri)).toEqual(others.map((shard) => shard.responses!.uri));
      expect(mine[0]!.vectors!.sha256).not.toBe(others[0]!.vectors!.sha256);
      if (space === perceptionSpace!.id) expect(view.dimensions).toBeLessThanOrEqual(4);
    }
  });

  it(
    'take in new data without being fitted again: the vectors of its samples by the stored basis, nothing ' +
      'announced',
    async () => {
      await platform.startWorker();
      const sets = platform.client(ActivationSetService);
      const { projectId, other } = platform.world;
      const stored = await extracted(await platform.world.addRun());
      const request = { activationSetId: stored.id, datasetVersionId: other.datasetVersionId };
      const { activationSet: begun } = await sets.projectActivationSet(request);
      const projected = await waitFor(
        async () => {
          const { activationSet: now } = await sets.getActivationSet({ activationSetId: begun!.id });
          expect(now!.fault).toBeUndefined();
          return now!.state === JobState.SUCCEEDED ? now : undefined;
        },
        { what: 'the set' },
      );
      expect(projected).toMatchObject({
        referenceSetId: stored.id,
        sampleCount: 20,
        dimensions: stored.dimensions,
        runId: stored.runId,
        epoch: 1,
        perceptionSpaceId: stored.perceptionSpaceId,
      });
      expect(projected.basis).toEqual(stored.basis);
      const basis = decodeBasis(await platform.store.get(parseArtifactRef(stored.basis, 'basis')));
      const shards = await listShards(projected.id);
      expect(shards.map(({ firstRow, rowCount }) => [firstRow, rowCount])).toEqual([
        [0, 10],
        [10, 10],
      ]);
      for (const shard of shards)
        expect((await matrix(shard.vectors, 'vectors')).data).toEqual(
          project(basis, (await matrix(shard.responses, 'mean')).data),
        );
      expect((await sets.projectActivationSet(request)).activationSet!.id).toBe(projected.id);
      expect(
        (await sets.projectActivationSet({ ...request, datasetVersionId: stored.datasetVersionId }))
          .activationSet!.id,
      ).toBe(stored.id);
      expect((await listSets(stored.runId)).map(({ id }) => id)).toEqual([stored.id]);
      expect(
        (await sets.listActivationSets({ projectId, referenceSetId: stored.id })).activationSets.map(
          ({ id }) => id,
        ),
      ).toEqual([projected.id]);
      await waitFor(() => platform.announced.length > 0, { what: 'the announcement of the stored set' });
      expect(
        platform.announced.map(({ body }) => (body as { activationSetId: string }).activationSetId),
      ).toEqual([stored.id]);
      await expect(
        sets.projectActivationSet({ ...request, datasetVersionId: randomUUID() }),
      ).rejects.toMatchObject({ kind: 'not-found' });
      await expect(
        sets.projectActivationSet({ ...request, activationSetId: randomUUID() }),
      ).rejects.toMatchObject({ kind: 'not-found' });
    },
  );

  it('refuse a name that is taken, no weight at all, and a layer that the model does not have', async () => {
    await platform.startWorker();
    const spaces = platform.client(PerceptionSpaceService);
    const { projectId } = platform.world;
    await expect(
      spaces.createPerceptionSpace({ projectId, name: 'all', layerWeights: [{ layer: 'conv', weight: 1 }] }),
    ).rejects.toMatchObject({ kind: 'exists' });
    await expect(
      spaces.createPerceptionSpace({ projectId, name: 'none', layerWeights: [{ layer: 'conv', weight: 0 }] }),
    ).rejects.toThrow(/no layer has a weight above 0/);
    const { perceptionSpace } = await spaces.createPerceptionSpace({
      projectId,
      name: 'wrong',
      layerWeights: [{ layer: 'conv7', weight: 1 }],
    });
    const runId = await platform.world.addRun();
    await platform
      .client(ActivationSetService)
      .createActivationSet({ projectId, runId, epoch: 1, perceptionSpaceId: perceptionSpace!.id });
    expect((await ended(runId)).fault).toMatchObject({
      reason: 'LAYER_UNKNOWN',
      metadata: { layer: 'conv7' },
    });
  });
});

describe('units', () => {
  it('have their statistics, histogram, strongest samples and classes', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const units = platform.client(UnitService);
    const { world } = platform;
    const shards = await listShards(set.id);
    const side = (await Promise.all(shards.map((shard) => matrix(shard.responses, 'mean')))).flatMap(
      ({ data, rows }) => Array.from({ length: rows }, (_, i) => data[i * 21 + 18 + 2]!),
    );
    const { unit } = await units.getUnit({
      activationSetId: set.id,
      layer: 'side',
      unit: 2,
      bins: 10,
      top: 5,
    });
    const mean = side.reduce((a, b) => a + b) / 230;
    expect(unit!.mean).toBeCloseTo(mean, 4);
    expect(unit!.min).toBeCloseTo(Math.min(...side), 5);
    expect(unit!.histogram.map((bin) => bin.count).reduce((a, b) => a + b)).toBe(230);
    expect(unit!.topSamples[0]).toMatchObject({
      row: side.indexOf(Math.max(...side)),
      response: Math.max(...side),
    });
    expect(unit!.topSamples[0]!.sample!.sampleId).toBe(`s${unit!.topSamples[0]!.row}`);
    expect(unit!.classes.map((entry) => entry.className)).toEqual(['left', 'middle', 'right']);
    expect(unit!.classes[1]!.mean).toBeCloseTo(
      side.filter((_, i) => i % 3 === 1).reduce((a, b) => a + b) / 77,
      4,
    );
    const loss = [...world.losses];
    const lossMean = loss.reduce((a, b) => a + b) / 230;
    const covariance = side.reduce((sum, r, i) => sum + (r - mean) * (loss[i]! - lossMean), 0);
    const spread = Math.sqrt(
      side.reduce((sum, r) => sum + (r - mean) ** 2, 0) *
        loss.reduce((sum, l) => sum + (l - lossMean) ** 2, 0),
    );
    expect(unit!.lossCorrelation).toBeCloseTo(covariance / spread, 4);
  });

  it('show their correlation with the metadata and their response to each class', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const units = platform.client(UnitService);
    const { world } = platform;
    const responses = (
      await Promise.all((await listShards(set.id)).map((shard) => matrix(shard.responses, 'mean')))
    ).flatMap(({ data, rows }) => Array.from({ length: rows }, (_, i) => data[i * 21 + 18]!));
    const { unit } = await units.getUnit({ activationSetId: set.id, layer: 'side', unit: 0, bins: 6 });
    unit!.histogram.forEach(({ count }, bin) => {
      expect(unit!.classes.reduce((sum, { counts }) => sum + counts[bin]!, 0)).toBe(count);
    });
    expect(unit!.classes.map(({ counts }) => counts.reduce((a, b) => a + b))).toEqual([77, 77, 76]);
    // A name for every sample would explain everything, and is left out.
    expect(unit!.metadata.map(({ name, ratio, count }) => [name, ratio, count]).sort()).toEqual([
      ['ink', false, 207],
      ['odd', false, 230],
      ['place', true, 230],
    ]);
    expect(unit!.metadata[0]!.name).toBe('place');
    expect(unit!.metadata.map(({ correlation }) => Math.abs(correlation))).toEqual(
      unit!.metadata.map(({ correlation }) => Math.abs(correlation)).sort((a, b) => b - a),
    );
    const known = Array.from(world.ink.keys()).filter((row) => world.ink[row] !== null);
    const x = known.map((row) => responses[row]!);
    const y = known.map((row) => world.ink[row]!);
    const computeMean = (of: readonly number[]) => of.reduce((a, b) => a + b) / of.length;
    const [mx, my] = [computeMean(x), computeMean(y)];
    const expected =
      x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0) /
      Math.sqrt(x.reduce((s, v) => s + (v - mx) ** 2, 0) * y.reduce((s, v) => s + (v - my) ** 2, 0));
    expect(unit!.metadata.find(({ name }) => name === 'ink')!.correlation).toBeCloseTo(expected, 6);
    // Read again for another unit of the layer, and in other bins.
    expect(
      (await units.getUnit({ activationSetId: set.id, layer: 'side', unit: 1, bins: 3 })).unit!.histogram,
    ).toHaveLength(3);
    expect((await units.getUnit({ activationSetId: set.id, layer: 'side', unit: 0, bins: 6 })).unit).toEqual(
      unit,
    );
  });

  it('are compared between some rows and the rest, over all layers, the largest effect first', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const units = platform.client(UnitService);
    const activationSetId = set.id;
    const shards = await Promise.all(
      (await listShards(set.id)).map((shard) => matrix(shard.responses, 'mean')),
    );
    const responses = shards.flatMap(({ data, rows }) =>
      Array.from({ length: rows }, (_, i) => data.subarray(i * 21, (i + 1) * 21)),
    );
    const left = Array.from(responses.keys()).filter((row) => row % 3 === 0);
    const found = await units.compareUnits({ activationSetId, selection: { rows: left }, top: 1000 });
    expect(found).toMatchObject({ selectedCount: 77, restCount: 153 });
    expect(found.units).toHaveLength(21);
    const sizes = found.units.map(({ effect }) => Math.abs(effect));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    for (const { layer, unit, selectedMean, restMean, effect } of found.units) {
      const column = set.layers.find(({ name }) => name === layer)!.firstUnit + unit;
      const [x, y] = [
        responses.filter((_, row) => row % 3 === 0),
        responses.filter((_, row) => row % 3 !== 0),
      ].map((side) => side.map((row) => row[column]!)) as [number[], number[]];
      const computeMean = (of: readonly number[]) => of.reduce((a, b) => a + b) / of.length;
      const spread = (of: readonly number[]) => of.reduce((sum, v) => sum + (v - computeMean(of)) ** 2, 0);
      expect([selectedMean, restMean]).toEqual([
        expect.closeTo(computeMean(x), 5),
        expect.closeTo(computeMean(y), 5),
      ]);
      const pooled = Math.sqrt((spread(x) + spread(y)) / 228);
      expect(effect).toBeCloseTo(pooled === 0 ? 0 : (computeMean(x) - computeMean(y)) / pooled, 4);
    }
    const bitmap = new Uint8Array(29);
    for (const row of left) bitmap[row >> 3]! |= 1 << (row & 7);
    expect(await units.compareUnits({ activationSetId, selection: { bitmap }, top: 1000 })).toEqual(found);
    const dense = await units.compareUnits({ activationSetId, selection: { bitmap }, layers: ['dense'] });
    expect(dense.units).toEqual(found.units.filter(({ layer }) => layer === 'dense'));
    expect(
      (await units.compareUnits({ activationSetId, selection: { rows: [3] }, top: 2 })).units,
    ).toHaveLength(2);
    expect(
      await units.compareUnits({ activationSetId, selection: { bitmap: new Uint8Array(28).fill(255) } }),
    ).toMatchObject({ selectedCount: 224, restCount: 6 });
    expect(
      await units.compareUnits({ activationSetId, selection: { rows: Array.from(responses.keys()) } }),
    ).toMatchObject({ selectedCount: 230, restCount: 0, units: [] });

    const refused = (change: object) =>
      units.compareUnits({ activationSetId, selection: { rows: [0] }, ...change });
    await expect(refused({ layers: ['conv9'] })).rejects.toThrow(/no layer "conv9".*conv, dense, side/);
    await expect(refused({ selection: undefined })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'SELECTION_MISSING',
    });
    await expect(refused({ selection: { rows: [230] } })).rejects.toThrow(/row 230 .* 0 to 229/);
    await expect(refused({ top: -1 })).rejects.toThrow(/top is -1; use 1 to 1000/);
    await expect(refused({ activationSetId: randomUUID() })).rejects.toMatchObject({ kind: 'not-found' });
    const theirs = platform.client(UnitService, { teamId: randomUUID() });
    await expect(theirs.compareUnits({ activationSetId, selection: { rows: [0] } })).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'ACTIVATION_SET_NOT_FOUND',
    });
    await expect(theirs.getUnit({ activationSetId, layer: 'side', unit: 0 })).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('of a whole layer are profiled in one pass, as each alone', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const units = platform.client(UnitService);
    for (const { name, unitCount } of set.layers) {
      const { units: all } = await units.listUnits({
        activationSetId: set.id,
        layer: name,
        withResponses: true,
      });
      expect(all).toHaveLength(unitCount);
      for (const unit of all) {
        const { unit: alone } = await units.getUnit({
          activationSetId: set.id,
          layer: name,
          unit: unit.unit,
        });
        expect({ ...unit, classes: [], metadata: [] }).toEqual({ ...alone!, classes: [], metadata: [] });
        expect(unit.classes.map(({ className, counts }) => ({ className, counts }))).toEqual(
          alone!.classes.map(({ className, counts }) => ({ className, counts })),
        );
        expect(unit.metadata.map((one) => [one.name, one.count])).toEqual(
          alone!.metadata.map((one) => [one.name, one.count]),
        );
        unit.metadata.forEach(({ correlation }, i) => {
          expect(correlation).toBeCloseTo(alone!.metadata[i]!.correlation, 6);
        });
      }
    }
  });

  it('are listed in pages, in the requested order', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const units = platform.client(UnitService);
    const query = {
      activationSetId: set.id,
      layer: 'dense',
      pageSize: 5,
      orderBy: 'standard_deviation desc',
    };
    const first = await units.listUnits(query);
    const second = await units.listUnits({ ...query, pageToken: first.nextPageToken });
    const seen = [...first.units, ...second.units].map((unit) => unit.standardDeviation);
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    expect(seen).toHaveLength(10);
    await expect(
      units.listUnits({ ...query, orderBy: 'unit', pageToken: first.nextPageToken }),
    ).rejects.toThrow(/another query/);
    await expect(units.listUnits({ ...query, layer: 'conv9' })).rejects.toThrow(
      /no layer "conv9".*conv, dense, side/,
    );
    await expect(units.getUnit({ activationSetId: set.id, layer: 'side', unit: 3 })).rejects.toThrow(
      /no unit 3; it has 0 to 2/,
    );
    expect((await units.listUnits({ activationSetId: set.id, layer: 'conv' })).units[1]).toMatchObject({
      dropped: true,
      standardDeviation: 0,
    });
  });
});

describe('a set', () => {
  it('RELIABILITY 28: does not exist for another team', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const other = { teamId: randomUUID() };
    const activationSetId = set.id;
    const sets = platform.client(ActivationSetService, other);
    await expect(sets.getActivationSet({ activationSetId })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(sets.listActivationShards({ activationSetId })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(sets.deleteActivationSet({ activationSetId })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      platform.client(UnitService, other).listUnits({ activationSetId, layer: 'conv' }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    const mine = {
      projectId: platform.world.projectId,
      name: 'mine',
      layerWeights: [{ layer: 'conv', weight: 1 }],
    };
    await expect(
      platform.client(PerceptionSpaceService, other).createPerceptionSpace(mine),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      platform
        .client(PerceptionSpaceService, other)
        .getPerceptionSpace({ perceptionSpaceId: set.perceptionSpaceId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      platform.client(JobService, other).getJob({ service: 'activations', jobId: set.jobId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    expect((await sets.listActivationSets({ projectId: platform.world.projectId })).activationSets).toEqual(
      [],
    );
    await assertRowLevelSecurity(platform.adminUrl, 'activations');
  });

  it('is deleted with its artifacts, but not with artifacts that another set shares', async () => {
    await platform.startWorker();
    const sets = platform.client(ActivationSetService);
    const { projectId } = platform.world;
    const all = await extracted(await platform.world.addRun());
    const { activationSet: view } = await sets.createActivationSet({
      projectId,
      runId: all.runId,
      epoch: 1,
      perceptionSpaceId: 'concept',
    });
    await waitFor(
      async () =>
        (await sets.getActivationSet({ activationSetId: view!.id })).activationSet!.state ===
        JobState.SUCCEEDED,
      { what: 'the set' },
    );
    const [shard] = await listShards(all.id);
    await sets.deleteActivationSet({ activationSetId: all.id });
    await expect(sets.getActivationSet({ activationSetId: all.id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    const sweep = platform.service.app.get(ArtifactSweep);
    await sweep.run();
    expect(await platform.store.stat(shard!.vectors!.uri)).toBeDefined();
    await sweep.run({ graceMs: -1_000 });
    expect(await platform.store.stat(shard!.responses!.uri)).toBeDefined();
    expect(await platform.store.stat(shard!.vectors!.uri)).toBeUndefined();
    await expect(
      platform
        .client(ActivationSetService, { role: 'viewer' })
        .deleteActivationSet({ activationSetId: view!.id }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('keeps its artifacts when the store is swept; what no set names goes', async () => {
    await platform.startWorker();
    const set = await extracted(await platform.world.addRun());
    const {
      store,
      world: { teamId, projectId },
    } = platform;
    const orphan = await store.put(
      artifactKey({ teamId, projectId, kind: 'activations', id: randomUUID(), part: 'vectors-0.arrow' }),
      Uint8Array.of(1),
      'application/octet-stream',
    );
    const [shard] = await listShards(set.id);
    const exists = async (uri: string) => (await store.stat(uri)) !== undefined;
    await platform.service.app.get(ArtifactSweep).run({ graceMs: -1_000 });
    expect(await exists(orphan.uri)).toBe(false);
    expect(
      await Promise.all(
        [set.basis, set.moments, shard!.responses, shard!.vectors].map((ref) => exists(ref!.uri)),
      ),
    ).toEqual([true, true, true, true]);
  });

  it('of a run that does not exist, or of another project, is refused', async () => {
    const sets = platform.client(ActivationSetService);
    const { projectId, world } = { ...platform.world, world: platform.world };
    await expect(
      sets.createActivationSet({ projectId, runId: randomUUID(), epoch: 1 }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(
      sets.createActivationSet({ projectId: randomUUID(), runId: await world.addRun(), epoch: 1 }),
    ).rejects.toThrow(/does not exist in project/);
  });

  it('RELIABILITY 7: is created once per request id', async () => {
    const sets = platform.client(ActivationSetService);
    const { projectId } = platform.world;
    const runId = await platform.world.addRun();
    const request = { projectId, runId, epoch: 1, requestId: 'r1' };
    const [first, again] = [await sets.createActivationSet(request), await sets.createActivationSet(request)];
    expect(again.activationSet!.id).toBe(first.activationSet!.id);
    await expect(sets.createActivationSet({ ...request, epoch: 2 })).rejects.toMatchObject({
      reason: 'REQUEST_ID_REUSED',
    });
  });
});
