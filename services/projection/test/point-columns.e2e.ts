import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Algorithm, type Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService, PointOrder } from '@noema/contracts/noema/projection/v1/exploration_service';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { waitFor } from '@noema/testing';
import { type Table, tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeProbability, type Platform, type Population, startPlatform, toSampleId } from './platform.js';

const N = 450;
const D = 6;
const CLASSES = Array.from({ length: N }, (_, i) => (i % 9 === 8 ? -1 : i % 3));
const NAMES = [
  'x',
  'y',
  'row',
  'cluster',
  'trust',
  'true_class',
  'loss',
  'correct',
  'predicted_class',
  'confidence',
  'true_probability',
  'split',
  'sample_id',
  'metadata.ink',
  'metadata.colour',
];
const random = seededRandom(4);
const VECTORS = Float32Array.from(
  { length: N * D },
  (_, e) => (e % D === Math.floor(e / D) % 3 ? 5 : 0) + random(),
);

let platform: Platform;
let population: Population;
let setId: string;
let flat: Exploration;
let solid: Exploration;
const api = (teamId = population.teamId, role: 'viewer' | 'editor' = 'viewer') =>
  platform.client(ExplorationService, teamId, role);
const settled = (id: string, of = population) =>
  waitFor(
    async () => {
      const { exploration } = await api(of.teamId).getExploration({ explorationId: id });
      return exploration!.state === JobState.SUCCEEDED || exploration!.state === JobState.FAILED
        ? exploration
        : undefined;
    },
    { timeoutMs: 150_000, what: 'the map' },
  );
const make = async (over: object, of = population, set = setId) =>
  settled(
    (
      await api(of.teamId, 'editor').createExploration({
        projectId: of.projectId,
        activationSetId: set,
        algorithm: Algorithm.PCA,
        ...over,
      })
    ).exploration!.id,
    of,
  );

async function streamed(
  request: Parameters<ReturnType<typeof api>['streamPointColumns']>[0],
  teamId = population.teamId,
): Promise<{ table: Table; bytes: Uint8Array; types: Set<string> }> {
  const pieces: Uint8Array[] = [];
  const types = new Set<string>();
  for await (const { body } of api(teamId).streamPointColumns(request)) {
    pieces.push(body!.data);
    types.add(body!.contentType);
  }
  const bytes = new Uint8Array(Buffer.concat(pieces));
  return { table: tableFromIPC(bytes), bytes, types };
}
const column = (table: Table, name: string): unknown[] => [...table.getChild(name)!];
const float = Math.fround;

beforeAll(async () => {
  platform = await startPlatform();
  population = await platform.population(CLASSES);
  setId = await platform.announce(population, uuidv7(), 1, VECTORS, D);
  await waitFor(
    async () => (await api().listExplorations({ projectId: population.projectId })).explorations[0],
    { what: 'the graph to be heard of' },
  );
  [flat, solid] = [await make({}), await make({ dimensions: 3 })];
});
afterAll(() => platform.stop());

describe('columns of points', () => {
  it('are the coordinates by row when nothing else is said', async () => {
    const { table, types } = await streamed({ explorationId: flat.id });
    const { data } = readMatrix(await platform.store.get(parseArtifactRef(flat.points, 'points'))).float32(
      'coordinates',
    );
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${type as unknown as string}`)).toEqual([
      'x: Float32',
      'y: Float32',
    ]);
    expect(column(table, 'x')).toEqual(Array.from({ length: N }, (_, row) => data[2 * row]));
    expect(column(table, 'y')).toEqual(Array.from({ length: N }, (_, row) => data[2 * row + 1]));
    expect(Object.fromEntries(table.schema.metadata)).toEqual({
      'noema.order': 'row',
      'noema.stride': '1',
      'noema.count': '450',
      'noema.dimensions': '2',
    });
    expect([...types]).toEqual(['application/vnd.apache.arrow.stream']);
  });

  it('say what is known of every row; null where nothing is', async () => {
    const { table } = await streamed({ explorationId: flat.id, columns: ['*'] });
    expect(table.schema.fields.map(({ name }) => name)).toEqual(NAMES);
    const file = readMatrix(await platform.store.get(parseArtifactRef(flat.points, 'points')));
    expect(column(table, 'row')).toEqual(Array.from({ length: N }, (_, row) => row));
    expect(column(table, 'sample_id')).toEqual(CLASSES.map((_, row) => toSampleId(row)));
    expect(column(table, 'loss')).toEqual(CLASSES.map((one, row) => (one < 0 ? null : float(row / 100))));
    expect(column(table, 'true_class')).toEqual(CLASSES.map((one) => ['zero', 'one', 'two'][one] ?? null));
    expect(column(table, 'predicted_class')).toEqual(
      CLASSES.map((one) => ['zero', 'one', 'two'][Math.max(one, 0)]),
    );
    expect(column(table, 'correct')).toEqual(
      CLASSES.map((one, row) => (one < 0 ? null : String(row % 10 > 0))),
    );
    expect(column(table, 'confidence')).toEqual(
      CLASSES.map((one, row) => float(computeProbability(row, Math.max(one, 0)))),
    );
    expect(column(table, 'true_probability')).toEqual(
      CLASSES.map((one, row) => (one < 0 ? null : float(computeProbability(row, one)))),
    );
    expect(column(table, 'split')).toEqual(
      CLASSES.map((_, row) => (row % 5 === 0 ? 'validation' : 'training')),
    );
    expect(column(table, 'metadata.ink')).toEqual(
      CLASSES.map((_, row) => (row === 3 ? null : float(row / N))),
    );
    expect(column(table, 'metadata.colour')).toEqual(
      CLASSES.map((_, row) => (row % 2 === 0 ? 'red' : 'blue')),
    );
    expect(column(table, 'cluster')).toEqual([...file.int32('clusters').data].map(String));
    expect(column(table, 'trust')).toEqual([...file.float32('trust').data]);
  });

  it('in spread order: point i is row i · stride mod n, in batches of the asked size', async () => {
    const [byRow, spread] = [
      await streamed({ explorationId: flat.id, columns: ['x', 'sample_id', 'split'] }),
      await streamed({
        explorationId: flat.id,
        columns: ['row', 'x', 'sample_id', 'split', 'x'],
        order: PointOrder.SPREAD,
        batchSize: 200,
      }),
    ];
    const stride = Number(spread.table.schema.metadata.get('noema.stride'));
    expect(spread.table.schema.metadata.get('noema.order')).toBe('spread');
    expect(Math.abs(stride - N * 0.618)).toBeLessThan(4);
    expect(spread.table.batches.map((batch) => batch.numRows)).toEqual([200, 200, 50]);
    expect(spread.table.schema.fields.map(({ name }) => name)).toEqual(['row', 'x', 'sample_id', 'split']);
    const rows = Array.from({ length: N }, (_, point) => (point * stride) % N);
    expect(new Set(rows).size).toBe(N);
    expect(column(spread.table, 'row')).toEqual(rows);
    for (const name of ['x', 'sample_id', 'split']) {
      const values = column(byRow.table, name);
      expect(column(spread.table, name)).toEqual(rows.map((row) => values[row]));
    }
  });

  it('compact: the same within float16, codes in bytes, coordinates untouched', async () => {
    const [full, compact] = [
      await streamed({ explorationId: flat.id, columns: ['*'] }),
      await streamed({ explorationId: flat.id, columns: ['*'], compact: true }),
    ];
    const types = Object.fromEntries(
      compact.table.schema.fields.map(({ name, type }) => [name, String(type)]),
    );
    expect(types).toMatchObject({
      x: 'Float32',
      loss: 'Float16',
      confidence: 'Float16',
      'metadata.ink': 'Float16',
      true_class: 'Dictionary<Uint8, Utf8>',
      split: 'Dictionary<Uint8, Utf8>',
      row: 'Int32',
    });
    expect(compact.bytes.length).toBeLessThan(full.bytes.length * 0.75);
    for (const name of NAMES) {
      const wanted = column(full.table, name);
      const off = column(compact.table, name).filter(
        (value, row) => !near(value, wanted[row], types[name] === 'Float16' ? 2 ** -11 : 0),
      );
      expect([name, off]).toEqual([name, []]);
    }
  });

  it('have three axes in three dimensions', async () => {
    const { table } = await streamed({ explorationId: solid.id, order: PointOrder.SPREAD });
    expect(solid).toMatchObject({ dimensions: 3, algorithm: Algorithm.PCA });
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['x', 'y', 'z']);
    expect(table.schema.metadata.get('noema.dimensions')).toBe('3');
    const { data } = readMatrix(await platform.store.get(parseArtifactRef(solid.points, 'points'))).float32(
      'coordinates',
    );
    const stride = Number(table.schema.metadata.get('noema.stride'));
    expect(column(table, 'z')).toEqual(
      Array.from({ length: N }, (_, point) => data[3 * ((point * stride) % N) + 2]),
    );
  });

  it('UMAP in three dimensions: every point has a place, and the map is better than chance', async () => {
    const map = await make({ algorithm: Algorithm.UMAP, dimensions: 3, params: { epochs: 60 } });
    expect(map).toMatchObject({ state: JobState.SUCCEEDED, dimensions: 3, algorithm: Algorithm.UMAP });
    expect(map.trust!.trustworthiness).toBeGreaterThan(0.75);
    const { table } = await streamed({ explorationId: map.id });
    for (const axis of ['x', 'y', 'z']) {
      const values = column(table, axis) as number[];
      expect(values.every(Number.isFinite)).toBe(true);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(1);
    }
    expect(map.clusters.some(({ z }) => z !== 0)).toBe(true);
  });

  it('of a model that predicts a number: prediction, target and residual, and nothing of classes', async () => {
    const plain = await platform.population(
      CLASSES.map((one) => Math.max(one, 0)),
      [],
    );
    const set = await platform.announce(plain, uuidv7(), 1, VECTORS, D);
    await waitFor(
      async () => (await api(plain.teamId).listExplorations({ projectId: plain.projectId })).explorations[0],
      { what: 'the graph to be heard of' },
    );
    const { id } = await make({}, plain, set);
    const { table } = await streamed({ explorationId: id, columns: ['*'], compact: true }, plain.teamId);
    const names = table.schema.fields.map(({ name }) => name);
    for (const name of ['true_class', 'predicted_class', 'correct', 'confidence', 'true_probability'])
      expect(names).not.toContain(name);
    await expect(
      streamed({ explorationId: id, columns: ['confidence'] }, plain.teamId),
    ).rejects.toMatchObject({
      reason: 'COLUMN_UNKNOWN',
      message: expect.stringMatching(/known: .*loss, prediction, target, residual/) as string,
    });
    expect(['prediction', 'target', 'residual'].map((name) => column(table, name)[0])).toEqual([
      Math.max(CLASSES[0]!, 0) + 0.5,
      Math.max(CLASSES[0]!, 0),
      -0.5,
    ]);
    expect(column(table, 'loss').slice(0, 3)).toEqual(
      [0, 0.01, 0.02].map((value) => expect.closeTo(value, 4) as unknown),
    );
  });

  it.each<[string, object, string, RegExp]>([
    [
      'an unknown column',
      { columns: ['x', 'metadata.weight'] },
      'COLUMN_UNKNOWN',
      /"metadata.weight".*known: x, y, row, cluster, trust, true_class, loss, .*metadata.ink, metadata.colour$/,
    ],
    ['a third axis of a flat map', { columns: ['z'] }, 'COLUMN_UNKNOWN', /"z"/],
    ['a name of the object behind', { columns: ['__proto__'] }, 'COLUMN_UNKNOWN', /__proto__/],
    ['batches that are too large', { batchSize: 262_145 }, 'BATCH_SIZE_INVALID', /262145.*1 to 262144/],
    ['batches below zero', { batchSize: -1 }, 'BATCH_SIZE_INVALID', /-1/],
    ['an order that does not exist', { order: 9 as PointOrder }, 'FIELD_INVALID', /9/],
  ])('%s is refused by name before anything is sent', async (_name, over, reason, message) => {
    await expect(streamed({ explorationId: flat.id, ...over })).rejects.toMatchObject({
      kind: 'invalid',
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it('of a map that is not made yet, of a deleted one and of another team', async () => {
    const { exploration, job } = await api(population.teamId, 'editor').createExploration({
      projectId: population.projectId,
      activationSetId: setId,
      params: { epochs: 10_000 },
    });
    await expect(streamed({ explorationId: exploration!.id })).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'EXPLORATION_NOT_READY',
      metadata: { exploration_id: exploration!.id },
    });
    expect(job!.id).not.toBe('');
    const gone = await make({});
    expect((await streamed({ explorationId: gone.id })).table.numRows).toBe(N);
    for (const { id } of [gone, exploration!]) {
      await api(population.teamId, 'editor').deleteExploration({ explorationId: id });
      await expect(streamed({ explorationId: id })).rejects.toMatchObject({
        kind: 'not-found',
        reason: 'EXPLORATION_NOT_FOUND',
      });
    }
    await expect(streamed({ explorationId: flat.id }, uuidv7())).rejects.toMatchObject({
      kind: 'not-found',
      reason: 'EXPLORATION_NOT_FOUND',
    });
    await expect(streamed({ explorationId: 'nonsense' })).rejects.toMatchObject({ kind: 'not-found' });
  });
});

function near(value: unknown, wanted: unknown, share: number): boolean {
  return typeof value === 'number' && typeof wanted === 'number'
    ? Math.abs(value - wanted) <= Math.abs(wanted) * share
    : value === wanted;
}
