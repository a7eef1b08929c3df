import { fromJson } from '@bufbuild/protobuf';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ParameterType } from '@noema/contracts/noema/methods/v1/method';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { Algorithm, ClusterMethod } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationReadySchema } from '@noema/contracts/noema/projection/v1/exploration_events';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { type ProjectionAlgorithm, projectionAlgorithms } from '@noema/manifold';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterMethods } from '../src/clustering/cluster-methods.js';
import { computeMap } from '../src/map/map.js';
import { projectPoints } from '../src/projection/projection.js';
import { type Platform, type Population, startPlatform } from './platform.js';

/** All that a projection has to say about itself: the first coordinates of every vector, scaled. */
const toy: ProjectionAlgorithm = {
  key: 'toy',
  title: 'Toy',
  summary: 'The first coordinates of every vector.',
  reference: '',
  parameters: [
    {
      type: 'number',
      name: 'scale',
      title: 'Scale',
      help: 'Factor on every coordinate.',
      default: 2,
      minimum: 1,
      maximum: 9,
      step: 0.5,
    },
  ],
  facts: { usedByDefault: false, usesSeed: false, placing: 'Toy takes the first coordinates.' },
  neighborsNeeded: () => 0,
  project: ({ vectors: { data, n, d }, dims }, parameters) =>
    Promise.resolve(
      Float32Array.from(
        { length: n * dims },
        (_, i) => data[Math.floor(i / dims) * d + (i % dims)]! * parameters.number('scale'),
      ),
    ),
  place: () => Promise.reject(new Error('not used here')),
};

const N = 60;
const D = 4;
const vectors = Float32Array.from({ length: N * D }, seededRandom(5));
let platform: Platform;
let population: Population;
let activationSetId: string;
const removeToy = projectionAlgorithms.add(toy);
const api = () => platform.client(ExplorationService, population.teamId, 'editor');
const create = (request: object) =>
  api().createExploration({ projectId: population.projectId, activationSetId, ...request });

beforeAll(async () => {
  platform = await startPlatform({
    // A thread of its own has a registry of its own, without the toy.
    thread: {
      make: (input, { signal }) => computeMap(input, { signal }),
      place: (input, { signal }) => projectPoints(input, { signal }),
    },
  });
  population = await platform.population(Array.from({ length: N }, (_, i) => i % 3));
  activationSetId = await platform.announce(population, uuidv7(), 1, vectors, D);
  await waitFor(
    async () => (await api().listExplorations({ projectId: population.projectId })).explorations[0],
    { what: 'the graph to be known' },
  );
});
afterAll(async () => {
  removeToy();
  await platform.stop();
});

describe('the methods of the projection service', () => {
  it('are listed with their descriptions, for every role', async () => {
    const { methods } = await platform
      .client(MethodService, population.teamId, 'viewer')
      .listMethods({ service: 'projection' });
    const listKeys = (kind: string) => methods.filter((one) => one.kind === kind).map(({ key }) => key);
    expect(listKeys('projection')).toEqual(projectionAlgorithms.keys());
    expect(listKeys('clustering')).toEqual(clusterMethods.keys());
    for (const { title, summary, parameters } of methods) {
      expect(title).toMatch(/./);
      expect(summary).toMatch(/\.$/);
      for (const { help } of parameters) expect(help).toMatch(/\.$/);
    }
    for (const kind of ['projection', 'clustering'])
      expect(
        methods.filter((one) => one.kind === kind && one.facts?.['usedByDefault'] === true),
        kind,
      ).toHaveLength(1);
    const { key, title, summary, facts } = toy;
    expect(methods.find((one) => one.key === 'toy')).toMatchObject({
      kind: 'projection',
      key,
      title,
      summary,
      facts,
      parameters: [
        {
          name: 'scale',
          title: 'Scale',
          help: 'Factor on every coordinate.',
          type: ParameterType.NUMBER,
          default: { kind: { case: 'numberValue', value: 2 } },
          minimum: 1,
          maximum: 9,
          step: 0.5,
          automatic: '',
        },
      ],
    });
  });

  it('compute a map by the key of one that was added with one registry line, and announce it by key', async () => {
    const { exploration } = await create({ method: 'toy', params: { scale: 3 } });
    expect(exploration).toMatchObject({
      method: 'toy',
      algorithm: Algorithm.UNSPECIFIED,
      params: { scale: 3 },
    });
    const map = await waitFor(
      async () => {
        const { exploration: now } = await api().getExploration({ explorationId: exploration!.id });
        return now!.state === JobState.SUCCEEDED || now!.state === JobState.FAILED ? now : undefined;
      },
      { what: 'the map to end' },
    );
    expect(map.fault).toBeUndefined();
    const { explorations } = await api().listExplorations({
      projectId: population.projectId,
      filter: 'method = "toy"',
    });
    expect(explorations.map(({ id }) => id)).toEqual([map.id]);
    let first: { x: Uint8Array } | undefined;
    for await (const { chunk } of api().streamPoints({ explorationId: map.id })) first ??= chunk;
    const x = new Float32Array(Uint8Array.from(first!.x).buffer);
    expect([...x]).toEqual(Array.from({ length: N }, (_, i) => Math.fround(vectors[i * D]! * 3)));
    const announced = await waitFor(
      () =>
        platform.announced
          .map(({ body }) => fromJson(ExplorationReadySchema, body))
          .find(({ explorationId }) => explorationId === map.id),
      { what: 'the announcement of the map' },
    );
    expect(announced).toMatchObject({ method: 'toy', algorithm: Algorithm.UNSPECIFIED });
  });

  it('are named by number, by key or not at all; a map has both', async () => {
    const named = async (request: object) => {
      const { exploration } = await create(request);
      const { method, algorithm, clusteringMethod, clusterMethod } = exploration!;
      return [method, algorithm, clusteringMethod, clusterMethod];
    };
    const usual = ['umap', Algorithm.UMAP, 'k-means', ClusterMethod.K_MEANS];
    expect(await named({})).toEqual(usual);
    expect(await named({ algorithm: Algorithm.UMAP, method: 'umap' })).toEqual(usual);
    const other = ['tsne', Algorithm.TSNE, 'hdbscan', ClusterMethod.HDBSCAN];
    expect(await named({ algorithm: Algorithm.TSNE, clusterMethod: ClusterMethod.HDBSCAN })).toEqual(other);
    expect(await named({ method: 'tsne', clusteringMethod: 'hdbscan' })).toEqual(other);
  });

  it.each([
    ['an unknown key', { method: 'isomap' }, 'PROJECTION_ALGORITHM_UNKNOWN', /"isomap"; known: .*toy/],
    [
      'an unknown clustering',
      { clusteringMethod: 'dbscan' },
      'CLUSTER_METHOD_UNKNOWN',
      /"dbscan"; known: hdb/,
    ],
    [
      'an unknown setting',
      { method: 'toy', params: { n: 1 } },
      'PARAMETER_UNKNOWN',
      /toy has no .* known: scale/,
    ],
    ['a value out of range', { method: 'toy', params: { scale: 10 } }, 'PARAMETER_OUT_OF_RANGE', /1 to 9/],
    [
      'two methods at once',
      { method: 'toy', algorithm: Algorithm.PCA },
      'METHOD_AMBIGUOUS',
      /method is "toy" and algorithm is "pca"/,
    ],
  ])('refuse %s and say what is known', async (_what, request, reason, message) => {
    const refused = create(request);
    await expect(refused).rejects.toMatchObject({ kind: 'invalid', reason });
    await expect(refused).rejects.toThrow(message);
  });
});
