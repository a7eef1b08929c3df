import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { Algorithm, ClusterMethod, type Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { PointColumnType } from '@noema/contracts/noema/projection/v1/point';
import { seededRandom, uuidv7 } from '@noema/kernel';
import {
  distanceCorrelation,
  exactNeighbors,
  hdbscan,
  kMeans,
  labelAgreement,
  points,
  sampledSilhouette,
  trust,
} from '@noema/manifold';
import { assertRowLevelSecurity } from '@noema/postgres';
import { untilEnded, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, type Population, startPlatform } from './platform.js';

const N = 450;
const D = 6;
const classes = Array.from({ length: N }, (_, i) => (i % 9 === 8 ? -1 : i % 3));
/** Three clouds that part from each other epoch by epoch. */
function vectorsAt(epoch: number): Float32Array {
  const random = seededRandom(1);
  const drift = seededRandom(2, epoch);
  return Float32Array.from({ length: N * D }, (_, e) => {
    const [i, c] = [Math.floor(e / D), e % D];
    return (c === i % 3 ? 4 + epoch : 0) + random() * 3 + drift() * 0.4;
  });
}

let platform: Platform;
let population: Population;
let setId: string;
const runId = uuidv7();
const api = (teamId = population.teamId, role: 'viewer' | 'editor' = 'viewer') =>
  platform.client(ExplorationService, teamId, role);
const list = async (run: string): Promise<Exploration[]> =>
  (
    await api().listExplorations({
      projectId: population.projectId,
      runId: run,
      orderBy: 'epoch',
      filter: 'automatic = true',
    })
  ).explorations;
const allReady = (run: string, count: number) =>
  waitFor(
    async () => {
      const explorations = await list(run);
      const failed = explorations.find((e) => e.state === JobState.FAILED);
      if (failed !== undefined) throw new Error(failed.fault?.message);
      return explorations.length === count && explorations.every((e) => e.state === JobState.SUCCEEDED)
        ? explorations
        : undefined;
    },
    { timeoutMs: 150_000, what: `${count} maps` },
  );
const read = async (e: Exploration) =>
  readMatrix(await platform.store.get(parseArtifactRef(e.points, 'points')));
const ended = (id: string) =>
  untilEnded(async () => (await api().getExploration({ explorationId: id })).exploration, {
    what: `map ${id}`,
  });

beforeAll(async () => {
  platform = await startPlatform();
  population = await platform.population(classes);
  for (const epoch of [1, 2, 3])
    setId = await platform.announce(population, runId, epoch, vectorsAt(epoch), D);
});
afterAll(() => platform.stop());

describe('maps without a request', () => {
  it('are made for every epoch, whole, each from the one before, with the seed of the run', async () => {
    const maps = await allReady(runId, 3);
    expect(maps.map((m) => m.epoch)).toEqual([1, 2, 3]);
    expect(maps.map((m) => m.alignedTo)).toEqual(['', maps[0]!.id, maps[1]!.id]);
    for (const map of maps) {
      expect(map).toMatchObject({
        algorithm: Algorithm.UMAP,
        automatic: true,
        dimensions: 2,
        pointCount: N,
        seed: 11,
        perceptionSpaceId: 'all',
      });
      expect(map.params).toMatchObject({ n_neighbors: 15, min_dist: 0.1 });
    }
    expect(maps[0]!.meanMovement).toBe(0);
    expect(maps[2]!.meanMovement).toBeGreaterThan(0);
    expect(maps[2]!.meanMovement).toBeLessThan(0.15);
  });

  it('carry numbers of trust that can be computed again from their artifacts', async () => {
    const [map] = await allReady(runId, 3);
    const file = await read(map!);
    const cloud = points(vectorsAt(1), D);
    const neighbors = exactNeighbors(cloud, 24);
    const again = await trust(cloud, neighbors, file.float32('coordinates').data);
    expect(map!.trust).toMatchObject({ k: 15 });
    expect(map!.trust!.trustworthiness).toBeCloseTo(again.trustworthiness, 6);
    expect(map!.trust!.continuity).toBeCloseTo(again.continuity, 6);
    expect(map!.trust!.knnOverlap).toBeCloseTo(again.overlap, 6);
    expect(map!.trust!.labelAgreementVectors).toBeCloseTo(
      labelAgreement(neighbors, Int32Array.from(classes), 10)!.mean,
      6,
    );
    expect(map!.trust!.labelAgreementMap).toBeGreaterThan(0.95);
    expect(Array.from(file.float32('trust').data)).toEqual(Array.from(again.perPoint.overlap));
    const far = distanceCorrelation(cloud, file.float32('coordinates').data);
    expect(map!.trust!.distanceCorrelation).toBeCloseTo(far.correlation, 12);
    expect(map!.trust!.randomTripletAccuracy).toBeGreaterThan(0.6);
    expect(map!.trust).toMatchObject({ labelNeighbors: 10 });
    expect(map!.warnings).toEqual([]);
    const clusters = file.int32('clusters').data;
    const { inertia } = await kMeans(cloud, 3, { seed: 11 });
    expect(map!.clustering).toMatchObject({
      clusterCount: 3,
      starts: 40,
      minClusterSize: 0,
      minSamples: 0,
      silhouetteSamples: N,
    });
    expect(map!.clustering!.inertia).toBe(inertia);
    expect(map!.clustering!.silhouette).toBeCloseTo(
      sampledSilhouette(cloud, clusters, { seed: 11 })!.silhouette,
      12,
    );
    expect(map!.trust).toMatchObject({
      rankedPoints: N,
      trustworthinessInterval: 0,
      continuityInterval: 0,
      distanceCorrelationInterval: 0,
    });
  });

  it('have a cluster for each class and name the nearest class of each', async () => {
    const map = (await allReady(runId, 3))[2]!;
    expect(map.clusters.map((c) => c.size).reduce((a, b) => a + b)).toBe(N);
    expect(new Set(map.clusters.map((c) => c.majorityClassName))).toEqual(new Set(['zero', 'one', 'two']));
    expect(map.clusters.every((c) => c.purity! > 0.98 && c.meanLoss! > 0)).toBe(true);
    expect(map.classNeighbors.map((c) => c.className)).toEqual(['zero', 'one', 'two']);
    expect(map.classNeighbors.every((c) => c.nearestClassName !== c.className && c.distance > 5)).toBe(true);
  });

  it('are the same whatever the order in which graphs arrive, and each is made once', async () => {
    const run = uuidv7();
    platform.sets.set(`${run}/2`, JobState.RUNNING);
    platform.sets.set(`${run}/1`, JobState.SUCCEEDED);
    for (const epoch of [3, 1, 2, 2]) await platform.announce(population, run, epoch, vectorsAt(epoch), D);
    const [here, there] = [await allReady(run, 3), await allReady(runId, 3)];
    expect(here.map((m) => m.alignedTo)).toEqual(['', here[0]!.id, here[1]!.id]);
    for (const [at, map] of here.entries()) {
      const [a, b] = [await read(map), await read(there[at]!)];
      expect(a.float32('coordinates').data).toEqual(b.float32('coordinates').data);
      expect(a.int32('clusters').data).toEqual(b.int32('clusters').data);
    }
  });

  it('begin without the one before when that will never come', async () => {
    const run = uuidv7();
    platform.sets.set(`${run}/1`, JobState.FAILED);
    await platform.announce(population, run, 2, vectorsAt(2), D);
    const [map] = await allReady(run, 1);
    expect(map!.alignedTo).toBe('');
  });
});

describe('a map of another perception space', () => {
  it(
    'is made by itself too, at once when the epoch before has no map of that space, and is found by its ' +
      'space',
    async () => {
      const run = uuidv7();
      platform.sets.set(`${run}/1`, JobState.SUCCEEDED);
      await platform.announce(population, run, 2, vectorsAt(2), D, 'concept');
      const [map] = await allReady(run, 1);
      expect(map).toMatchObject({
        alignedTo: '',
        automatic: true,
        perceptionSpaceId: 'concept',
        algorithm: Algorithm.UMAP,
      });
      const { jobs } = await platform
        .client(JobService, population.teamId)
        .listJobs({ service: 'projection', subjectId: map!.id });
      expect(jobs.map(({ kind }) => kind).sort()).toEqual(['projection.look', 'projection.map']);
      const of = async (filter: string) =>
        (await api().listExplorations({ projectId: population.projectId, runId: run, filter })).explorations
          .length;
      expect([await of('perception_space_id = "concept"'), await of('perception_space_id = "all"')]).toEqual([
        1, 0,
      ]);
    },
  );
});

describe('points', () => {
  const bytes = (b: Uint8Array) => b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength) as ArrayBuffer;
  it('stream all rows in chunks, with the requested columns', async () => {
    const map = (await allReady(runId, 3))[0]!;
    const file = await read(map);
    const columns = [
      'loss',
      'correct',
      'predicted_class',
      'true_class',
      'split',
      'metadata.ink',
      'metadata.colour',
    ];
    const chunks = [];
    for await (const { chunk } of api().streamPoints({ explorationId: map.id, chunkSize: 200, columns }))
      chunks.push(chunk!);
    expect(chunks.map((c) => [c.firstRow, c.pointCount])).toEqual([
      [0, 200],
      [200, 200],
      [400, 50],
    ]);
    const x = chunks.flatMap((c) => [...new Float32Array(bytes(c.x))]);
    expect(x).toEqual(Array.from({ length: N }, (_, i) => file.float32('coordinates').data[2 * i]));
    const [loss, correct, predicted, truth, split, ink, colour] = chunks[0]!.columns;
    expect(loss).toMatchObject({ name: 'loss', type: PointColumnType.NUMBER });
    expect(loss!.missing[8]).toBe(1);
    expect([...new Float32Array(bytes(loss!.values))].every(Number.isFinite)).toBe(true);
    expect(new Float32Array(bytes(loss!.values))[7]).toBeCloseTo(0.07, 6);
    expect(correct!.names).toEqual(['false', 'true']);
    expect([...new Int32Array(bytes(correct!.values))].slice(7, 11)).toEqual([1, -1, 1, 0]);
    expect(predicted!.names).toEqual(['zero', 'one', 'two']);
    expect([...new Int32Array(bytes(truth!.values))].slice(0, 9)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, -1]);
    expect(split!.names).toEqual(['training', 'validation']);
    expect([ink!.missing[3], ink!.missing[4]]).toEqual([1, 0]);
    expect(colour!.names).toEqual(['blue', 'red']);
  });
  it('go on at a row', async () => {
    const map = (await allReady(runId, 3))[0]!;
    const rows: number[] = [];
    for await (const { chunk } of api().streamPoints({
      explorationId: map.id,
      chunkSize: 100,
      firstRow: 400,
    }))
      rows.push(chunk!.firstRow, chunk!.pointCount);
    expect(rows).toEqual([400, 50]);
  });
  it.each([
    ['an unknown column', { columns: ['metadata.weight'] }, 'COLUMN_UNKNOWN'],
    ['a chunk that is too large', { chunkSize: 20_000 }, 'CHUNK_SIZE_INVALID'],
    ['a row that does not exist', { firstRow: 451 }, 'FIRST_ROW_INVALID'],
  ])('%s is refused', async (_name, over, reason) => {
    const map = (await allReady(runId, 3))[0]!;
    await expect(async () => {
      for await (const _ of api().streamPoints({ explorationId: map.id, ...over })) {
        /* none comes */
      }
    }).rejects.toMatchObject({ kind: 'invalid', reason });
  });
});

describe('maps on demand', () => {
  beforeAll(() => allReady(runId, 3));
  const ask = (over: object) =>
    api(population.teamId, 'editor').createExploration({
      projectId: population.projectId,
      activationSetId: setId,
      seed: 5,
      ...over,
    });

  it.each([
    ['density clusters', { clusterMethod: ClusterMethod.HDBSCAN, minClusterSize: 20, minSamples: 30 }],
    ['k-means of a chosen k', { clusterMethod: ClusterMethod.K_MEANS_SILHOUETTE }],
  ])('%s find the three classes', async (_name, over) => {
    const { exploration, job } = await ask({ algorithm: Algorithm.PCA, ...over });
    for await (const _ of platform
      .client(JobService, population.teamId)
      .watchJob({ service: 'projection', jobId: job!.id })) {
      /* to its end */
    }
    const made = await ended(exploration!.id);
    expect(made).toMatchObject({ clusterMethod: over.clusterMethod, state: JobState.SUCCEEDED });
    expect(new Set(made.clusters.map((c) => c.majorityClassName))).toEqual(new Set(['zero', 'one', 'two']));
    expect(made.clusters).toHaveLength(3);
    expect(made.clusters.reduce((sum, c) => sum + c.size, made.noiseCount)).toBe(N);
    expect((await read(made)).int32('clusters').data.filter((cluster) => cluster < 0)).toHaveLength(
      made.noiseCount,
    );
  });
  it('are clustered and measured as a request says, and say with what', async () => {
    const { exploration } = await ask({
      algorithm: Algorithm.PCA,
      clusterMethod: ClusterMethod.HDBSCAN,
      minClusterSize: 20,
      minSamples: 30,
      trustNeighbors: 40,
      labelNeighbors: 20,
    });
    const made = await ended(exploration!.id);
    const cloud = points(vectorsAt(3), D);
    const neighbors = exactNeighbors(cloud, 40);
    expect((await read(made)).int32('clusters').data).toEqual(
      (await hdbscan(cloud, neighbors, { minClusterSize: 20, minSamples: 30 })).assignment,
    );
    expect(made.clustering).toMatchObject({ clusterCount: 0, starts: 0, minClusterSize: 20, minSamples: 30 });
    expect(made.clustering!.inertia).toBeUndefined();
    expect(made.trust).toMatchObject({ k: 40, labelNeighbors: 20 });
    expect(made.trust!.labelAgreementVectors).toBeCloseTo(
      labelAgreement(neighbors, Int32Array.from(classes), 20)!.mean,
      6,
    );
    const means = await ended((await ask({ algorithm: Algorithm.PCA, clusterStarts: 3 })).exploration!.id);
    expect(means.clustering).toMatchObject({ clusterCount: 3, starts: 3 });
  });

  it.each([
    ['without labels', Array.from({ length: 40 }, () => -1), ['LABELS_ABSENT']],
    ['of one class', Array.from({ length: 40 }, () => 0), ['ONE_CLASS']],
    ['of few samples', Array.from({ length: 12 }, (_, i) => i % 3), ['FEW_SAMPLES']],
  ])('a map %s has a warning, and no number without labels', async (_name, own, reasons) => {
    const few = await platform.population(own);
    const run = uuidv7();
    await platform.announce(few, run, 1, vectorsAt(1).slice(0, own.length * D), D);
    const find = async () =>
      (
        await platform
          .client(ExplorationService, few.teamId)
          .listExplorations({ projectId: few.projectId, runId: run })
      ).explorations[0];
    const map = await waitFor(
      async () => {
        const one = await find();
        return one?.state === JobState.SUCCEEDED ? one : undefined;
      },
      { what: 'the map' },
    );
    expect(map.warnings.map(({ reason }) => reason)).toEqual(reasons);
    const isLabelled = own.some((one) => one >= 0);
    expect([
      map.trust!.labelAgreementMap !== undefined,
      map.trust!.labelAgreementVectors !== undefined,
      map.clusters[0]!.purity !== undefined,
    ]).toEqual([isLabelled, isLabelled, isLabelled]);
  });

  it('a map of two samples fails by name', async () => {
    const two = await platform.population([0, 1]);
    const run = uuidv7();
    await platform.announce(two, run, 1, vectorsAt(1).slice(0, 2 * D), D);
    const find = async () =>
      (
        await platform
          .client(ExplorationService, two.teamId)
          .listExplorations({ projectId: two.projectId, runId: run })
      ).explorations[0];
    const map = await waitFor(
      async () => {
        const one = await find();
        return one?.state === JobState.FAILED ? one : undefined;
      },
      { what: 'the fault' },
    );
    expect(map.fault).toMatchObject({ reason: 'TOO_FEW_SAMPLES' });
  });

  it('density clusters of one sample, or by an unknown method, are refused', async () => {
    await expect(ask({ clusterMethod: ClusterMethod.HDBSCAN, minClusterSize: 1 })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'CLUSTER_SIZE_INVALID',
    });
    await expect(ask({ clusterMethod: 9 })).rejects.toThrow(/cluster_method: 9 is no ClusterMethod/);
  });

  it('PCA in three dimensions', async () => {
    const { exploration, job } = await ask({ algorithm: Algorithm.PCA, dimensions: 3, clusterCount: 4 });
    expect(exploration).toMatchObject({ automatic: false, dimensions: 3, seed: 5, jobId: job!.id });
    const states: JobState[] = [];
    for await (const message of platform
      .client(JobService, population.teamId)
      .watchJob({ service: 'projection', jobId: job!.id }))
      states.push(message.job!.state);
    expect(states.at(-1)).toBe(JobState.SUCCEEDED);
    const made = await ended(exploration!.id);
    expect(made).toMatchObject({ state: JobState.SUCCEEDED, algorithm: Algorithm.PCA });
    expect(made.clusters).toHaveLength(4);
    expect((await read(made)).float32('coordinates').dims).toEqual([3]);
  });

  it.each([
    ['t-SNE', Algorithm.TSNE, 2, { perplexity: 30 }],
    ['t-SNE in space', Algorithm.TSNE, 3, { perplexity: 20, steps: 300 }],
    ['PaCMAP', Algorithm.PACMAP, 2, {}],
    ['PaCMAP in space', Algorithm.PACMAP, 3, { n_neighbors: 15 }],
    ['UMAP of more neighbours than are stored', Algorithm.UMAP, 2, { n_neighbors: 40, epochs: 100 }],
  ] as const)('%s parts the classes', async (_name, algorithm, dimensions, params) => {
    const { exploration } = await ask({ algorithm, dimensions, params });
    expect(exploration).toMatchObject({ algorithm, dimensions, params });
    const made = await ended(exploration!.id);
    expect(made).toMatchObject({ state: JobState.SUCCEEDED, algorithm });
    expect(made.trust!.labelAgreementMap).toBeGreaterThan(0.95);
    expect((await read(made)).float32('coordinates').data).toHaveLength(N * dimensions);
  });

  it('UMAP with other settings, from another map, once for a request id', async () => {
    const [, , last] = await allReady(runId, 3);
    const request = {
      algorithm: Algorithm.UMAP,
      params: { n_neighbors: 5, epochs: 40 },
      alignedTo: last!.id,
      requestId: 'once',
    };
    const [first, again] = [await ask(request), await ask(request)];
    expect(again.exploration!.id).toBe(first.exploration!.id);
    await expect(ask({ ...request, seed: 6 })).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });
    const made = await ended(first.exploration!.id);
    expect(made).toMatchObject({ state: JobState.SUCCEEDED, alignedTo: last!.id });
    expect(made.params).toMatchObject({ n_neighbors: 5, epochs: 40, spread: 1 });
  });

  it('a map of another dataset version starts from one whose samples it shares, and holds them still', async () => {
    const [, , last] = await allReady(runId, 3);
    const from = 150;
    const run = uuidv7();
    const later = await platform.population(classes.slice(from), undefined, { of: population, from });
    await platform.announce(later, run, 1, vectorsAt(3).slice(from * D), D);
    const [own] = await allReady(run, 1);
    const make = async (over: object): Promise<Exploration> =>
      ended(
        (await ask({ activationSetId: own!.activationSetId, params: { epochs: 100 }, ...over })).exploration!
          .id,
      );
    const [held, free] = [await make({ alignedTo: last!.id }), await make({})];
    expect(held).toMatchObject({ state: JobState.SUCCEEDED, pointCount: N - from, alignedTo: last!.id });
    const [there, here, anew] = (await Promise.all([last!, held, free].map(read))).map(
      (file) => file.float32('coordinates').data,
    );
    const shared = there!.slice(2 * from);
    const gap = (map: Float32Array): number =>
      shared.reduce((sum, x, e) => sum + Math.abs(x - map[e]!), 0) / shared.length;
    expect(held.meanMovement).toBeGreaterThan(0);
    expect(held.meanMovement).toBeLessThan(0.15);
    expect(gap(here!)).toBeLessThan(gap(anew!));
    const stranger = await platform.population(classes.slice(from), undefined, {
      of: population,
      from: 10_000,
    });
    const strange = await platform.announce(stranger, uuidv7(), 1, vectorsAt(3).slice(from * D), D);
    await waitFor(
      async () =>
        ask({ activationSetId: strange, alignedTo: last!.id }).then(
          ({ exploration }) => ended(exploration!.id),
          () => undefined,
        ),
      { what: 'the map without a sample in common' },
    ).then((none) => {
      expect(none).toMatchObject({ state: JobState.FAILED, fault: { reason: 'NOT_ALIGNABLE' } });
    });
  });

  it('a layout that takes long is seen while it is made', async () => {
    const { exploration, job } = await ask({
      algorithm: Algorithm.TSNE,
      params: { steps: 10_000 },
      dimensions: 3,
      seed: 77,
    });
    const shown = await waitFor(
      async () =>
        (await api(population.teamId).getExploration({ explorationId: exploration!.id })).exploration!
          .preview,
      { what: 'the layout so far' },
    );
    const coordinates = readMatrix(await platform.store.get(parseArtifactRef(shown, 'preview'))).float32(
      'coordinates',
    );
    expect(coordinates.dims).toEqual([3]);
    expect(coordinates.data).toHaveLength(N * 3);
    await platform
      .client(JobService, population.teamId, 'editor')
      .cancelJob({ service: 'projection', jobId: job!.id });
    await waitFor(async () => (await ended(exploration!.id)).state === JobState.CANCELLED, {
      what: 'the cancel',
    });
    expect((await ended(exploration!.id)).preview).toBeUndefined();
  });

  it('RELIABILITY 15: a cancel stops the layout within one of its epochs', async () => {
    // Enough points and epochs that no machine ends the layout before its first progress is seen.
    const crowd = await platform.population(Array.from({ length: 4_000 }, (_, i) => i % 3));
    const vectors = Float32Array.from({ length: crowd.classes.length * 2 }, seededRandom(3));
    const crowdSetId = await platform.announce(crowd, uuidv7(), 1, vectors, 2);
    const explorations = api(crowd.teamId, 'editor');
    const jobs = platform.client(JobService, crowd.teamId, 'editor');
    const request = {
      projectId: crowd.projectId,
      activationSetId: crowdSetId,
      seed: 5,
      params: { epochs: 10_000 },
    };
    const { exploration, job } = await waitFor(() => explorations.createExploration(request), {
      what: 'the neighbour graph to arrive',
    });
    const readJob = async () => (await jobs.getJob({ service: 'projection', jobId: job!.id })).job!;
    await waitFor(async () => ((await readJob()).progress?.done ?? 0) > 0, {
      what: 'the layout to begin',
    });
    await jobs.cancelJob({ service: 'projection', jobId: job!.id });
    const stopped = await waitFor(async () => {
      const { exploration: now } = await explorations.getExploration({ explorationId: exploration!.id });
      return now!.state === JobState.CANCELLED || now!.readyTime !== undefined ? now : undefined;
    });
    expect(stopped.state).toBe(JobState.CANCELLED);
    const { progress } = await readJob();
    expect(progress!.done).toBeLessThan(progress!.total);
    const points = async () => {
      for await (const _ of explorations.streamPoints({ explorationId: exploration!.id })) {
        /* none comes */
      }
    };
    await expect(points).rejects.toMatchObject({ kind: 'precondition', reason: 'EXPLORATION_NOT_READY' });
  });

  it.each([
    ['unknown algorithm', { algorithm: 99 }, 'invalid', 'FIELD_INVALID'],
    ['unknown parameter', { params: { perplexity: 30 } }, 'invalid', 'PARAMETER_UNKNOWN'],
    ['parameter out of range', { params: { min_dist: 7 } }, 'invalid', 'PARAMETER_OUT_OF_RANGE'],
    ['word for a number', { params: { min_dist: 'small' } }, 'invalid', 'PARAMETER_OUT_OF_RANGE'],
    ['parameter that is no value', { params: { min_dist: [1] } }, 'invalid', 'PARAMETER_NOT_PLAIN'],
    ['four dimensions', { dimensions: 4 }, 'invalid', 'DIMENSIONS_INVALID'],
    ['more clusters than samples', { clusterCount: 451 }, 'invalid', 'CLUSTER_COUNT_INVALID'],
    ['more starts than anybody needs', { clusterStarts: 1_001 }, 'invalid', 'MEASURE_INVALID'],
    [
      'label agreement of more neighbours than trust looks at',
      { labelNeighbors: 16 },
      'invalid',
      'MEASURE_INVALID',
    ],
    ['a set that does not exist', { activationSetId: uuidv7() }, 'not-found', 'ACTIVATION_SET_NOT_FOUND'],
    ['a set of another project', { projectId: uuidv7() }, 'not-found', 'ACTIVATION_SET_NOT_FOUND'],
    [
      'a map to start from that does not exist',
      { alignedTo: uuidv7() },
      'not-found',
      'EXPLORATION_NOT_FOUND',
    ],
  ])('%s is refused by name', async (_name, over, kind, reason) => {
    await expect(ask(over)).rejects.toMatchObject({ kind, reason });
  });

  it('a map to start from must have the same dimensions', async () => {
    const [first] = await allReady(runId, 3);
    await expect(ask({ dimensions: 3, alignedTo: first!.id })).rejects.toMatchObject({
      reason: 'NOT_ALIGNABLE',
    });
  });

  it('are not found after they are deleted; their artifacts are swept, and no others', async () => {
    const { exploration } = await ask({ algorithm: Algorithm.PCA });
    const made = await ended(exploration!.id);
    await api(population.teamId, 'editor').deleteExploration({ explorationId: made.id });
    await expect(api().getExploration({ explorationId: made.id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await platform.sweep();
    expect(await platform.store.stat(made.points!.uri)).toBeUndefined();
    for (const map of await allReady(runId, 3))
      expect(await platform.store.stat(map.points!.uri)).toBeDefined();
  });
});

describe('RELIABILITY 28: another team', () => {
  it('finds nothing and may do nothing', async () => {
    const [map] = await allReady(runId, 3);
    const stranger = api(uuidv7(), 'editor');
    await expect(stranger.getExploration({ explorationId: map!.id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(stranger.deleteExploration({ explorationId: map!.id })).rejects.toMatchObject({
      kind: 'not-found',
    });
    await expect(
      stranger.createExploration({ projectId: population.projectId, activationSetId: setId }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    await expect(async () => {
      for await (const _ of stranger.streamPoints({ explorationId: map!.id })) {
        /* none comes */
      }
    }).rejects.toMatchObject({ kind: 'not-found' });
    expect((await stranger.listExplorations({ projectId: population.projectId })).explorations).toEqual([]);
  });
  it('is kept apart by the database itself', () => assertRowLevelSecurity(platform.adminUrl, 'projection'));
});
