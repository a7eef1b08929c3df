import { writeMatrix } from '@noema/artifacts';
import { type ArtifactRef, type Port, uuidv7 } from '@noema/kernel';
import { writeEvaluation } from '@noema/population/files';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordedEpoch } from '../peers/training.client.js';
import { MAX_SERVED, type ServedModel, toOutputs } from './served-model.js';
import type { ServedModelRepository } from './served-model.repository.js';
import { ServedModelService } from './served-model.service.js';
import { queriesKey, resultKey, type ServedModelSignal } from './served-model.signal.js';

const TEAM = 'team';
const ROWS = 30;
const WIDTH = 2;
const SHARD_ROWS = 20;
const LAST = { runId: 'run', epoch: 0 };
const ref = (uri: string): ArtifactRef => ({ uri, sha256: '0', sizeBytes: 1, mediaType: 'x' });
const scores = Float32Array.from({ length: ROWS * WIDTH }, (_, i) => Math.sin(i));
/** All rows of the check: twelve of the thirty, evenly from the first to the last. */
const CHECKED = [0, 3, 5, 8, 11, 13, 16, 18, 21, 24, 26, 29];
const pickScores = (rows: readonly number[]): Float32Array =>
  Float32Array.from(rows.flatMap((row) => [...scores.subarray(row * WIDTH, (row + 1) * WIDTH)]));

/** Bytes by the uri. */
let files: Map<string, Uint8Array>;
let recorded: RecordedEpoch;
let models: Map<string, ServedModel>;
/** The stream of each model. */
let streams: Map<string, string>;
/** Queries that no stream has taken. */
let waiting: Uint8Array[];
/** Results by the id of the query. */
let results: Map<string, Uint8Array>;
let sent: string[];
let openModels: number;
let service: ServedModelService;

/** Keeps models and queries as the tables do, without what processes that died have left. */
const memoryServed = (): Port<ServedModelRepository> => ({
  insert: (model) => Promise.resolve(void models.set(model.id, model)),
  find: (id) => Promise.resolve(models.get(id)),
  findLast: () => Promise.resolve([...models.values()].at(-1)),
  countOpen: () => Promise.resolve(openModels),
  delete: (id) => Promise.resolve(void models.delete(id)),
  attach: (id, stream) => Promise.resolve(models.has(id) && streams.set(id, stream) === streams),
  detach: (id, stream) => Promise.resolve(void (streams.get(id) === stream && streams.delete(id))),
  touch: (id, stream) => Promise.resolve(models.has(id) && streams.get(id) === stream),
  claim: () => Promise.resolve(waiting.shift()),
  insertQuery: (_id, _key, bytes) => Promise.resolve(void waiting.push(bytes)),
  storeResult: (id, _key, result) => Promise.resolve(!results.has(id) && results.set(id, result) === results),
  findResult: (id) => Promise.resolve({ result: results.get(id), isServed: streams.size > 0 }),
  deleteQuery: (id) => Promise.resolve(void results.delete(id)),
});

const signals = {
  send: (key: string) => void sent.push(key),
  listen: () => Promise.resolve({ wait: () => Promise.resolve(), stop: () => undefined }),
} as Port<ServedModelSignal> as ServedModelSignal;

/** Stores recorded outputs, and inputs in two shards; every number of an input is that of its row. */
function record(outputs: Float32Array): void {
  files.set(
    'evaluation',
    writeEvaluation([
      {
        rows: ROWS,
        width: WIDTH,
        hasLoss: new Uint8Array(ROWS),
        loss: new Float32Array(ROWS),
        predictedClass: new Int32Array(ROWS),
        trueClass: new Int32Array(ROWS),
        correct: new Uint8Array(ROWS),
        outputs,
      },
    ]),
  );
  const shards = [0, SHARD_ROWS].map((firstRow) => {
    const rowCount = Math.min(SHARD_ROWS, ROWS - firstRow);
    const data = Float32Array.from({ length: rowCount * 4 }, (_, i) => firstRow + Math.floor(i / 4));
    files.set(
      `inputs ${firstRow}`,
      writeMatrix([
        { name: 'image', rows: rowCount, dims: [2, 2], data },
        { name: 'other', rows: rowCount, dims: [4], data },
      ]),
    );
    return { firstRow, rowCount, inputs: ref(`inputs ${firstRow}`) };
  });
  recorded = {
    projectId: 'project',
    epoch: 3,
    branch: 1,
    hasGraph: false,
    evaluation: ref('evaluation'),
    layers: [{ name: 'conv', kind: 'Conv2d', units: 4, positionDims: [2, 2] }],
    inputs: [{ name: 'image', dims: [2, 2] }],
    shards,
  };
}

beforeEach(() => {
  [files, models, streams, results] = [new Map(), new Map(), new Map(), new Map()];
  [waiting, sent, openModels] = [[], [], 0];
  record(toOutputs(scores, WIDTH, 'softmax'));
  service = new ServedModelService(
    memoryWork,
    memoryServed() as ServedModelRepository,
    signals,
    { recordedEpoch: () => Promise.resolve(recorded) },
    { get: ({ uri }) => Promise.resolve(files.get(uri)!) },
  );
});

describe('the check of a served model', () => {
  it('has twelve recorded samples from all shards, with their outputs', async () => {
    const { projectId, epoch, query, outputs, layers } = await service.check(TEAM, LAST);
    expect({ projectId, epoch, layers }).toMatchObject({
      projectId: 'project',
      epoch: 3,
      layers: [{ units: 4 }],
    });
    expect(query).toMatchObject({ rows: CHECKED.length, inputGradients: false, layers: [] });
    expect([...query.inputs[0]!.data]).toEqual(CHECKED.flatMap((row) => [row, row, row, row]));
    expect(outputs).toEqual(toOutputs(pickScores(CHECKED), WIDTH, 'softmax'));
  });

  it('leaves out samples whose outputs were not recorded', async () => {
    const outputs = toOutputs(scores, WIDTH, 'softmax').fill(NaN, 0, 25 * WIDTH);
    outputs[28 * WIDTH] = Infinity;
    record(outputs);
    const { query } = await service.check(TEAM, LAST);
    expect([...query.inputs[0]!.data].filter((_, i) => i % 4 === 0)).toEqual([25, 26, 27, 29]);
  });

  it('has one sample of a model with several inputs', async () => {
    recorded = { ...recorded, inputs: [...recorded.inputs, { name: 'other', dims: [4] }] };
    const { query } = await service.check(TEAM, LAST);
    expect(query.inputs.map(({ name, data }) => [name, data.length])).toEqual([
      ['image', 4],
      ['other', 4],
    ]);
  });

  it.each<[string, string, Partial<RecordedEpoch>]>([
    ['a graph', 'EPOCH_HAS_GRAPH', { hasGraph: true }],
    ['no layers', 'EPOCH_NOT_SERVABLE', { layers: [] }],
    ['no outputs', 'EPOCH_NOT_SERVABLE', { evaluation: undefined }],
    ['too large an input', 'SERVED_TENSOR_TOO_LARGE', { inputs: [{ name: 'image', dims: [2000, 2000] }] }],
  ])('is refused for an epoch with %s', async (_, reason, change) => {
    recorded = { ...recorded, ...change };
    await expect(service.check(TEAM, LAST)).rejects.toMatchObject({ reason });
  });

  it('is refused for an epoch whose outputs are all missing', async () => {
    record(new Float32Array(ROWS * WIDTH).fill(NaN));
    await expect(service.check(TEAM, LAST)).rejects.toMatchObject({ reason: 'EPOCH_NOT_SERVABLE' });
  });
});

describe('registering a model', () => {
  const plan = (given: Float32Array): Promise<ServedModel> =>
    service.plan(TEAM, LAST, { scores: given, activation: 'softmax' });

  it('takes scores that give the recorded outputs, for the epoch that is the last', async () => {
    const model = await plan(pickScores(CHECKED).map((score) => score + 5));
    expect(model).toMatchObject({
      projectId: 'project',
      runId: 'run',
      epoch: 3,
      branch: 1,
      activation: 'softmax',
    });
    expect(await service.create(model)).toBe(model);
    expect(models.get(model.id)).toBe(model);
  });

  it('refuses other scores, and another number of them', async () => {
    const other = pickScores(CHECKED);
    other[3]! += 0.02;
    await expect(plan(other)).rejects.toMatchObject({ reason: 'SERVED_MODEL_DIFFERS' });
    other[3] = NaN;
    await expect(plan(other)).rejects.toMatchObject({ reason: 'SERVED_MODEL_DIFFERS' });
    await expect(plan(scores)).rejects.toMatchObject({ reason: 'SERVED_RESULT_INVALID' });
  });

  it('refuses one above the limit of a team', async () => {
    openModels = MAX_SERVED;
    const model = await plan(pickScores(CHECKED));
    await expect(service.create(model)).rejects.toMatchObject({ reason: 'SERVED_MODELS_TOO_MANY' });
    expect(models.size).toBe(0);
  });
});

describe('the stream of a model', () => {
  let model: ServedModel;
  const abort = (): AbortController => new AbortController();
  const key = { runId: 'run', epoch: 3 };

  beforeEach(async () => {
    model = await service.create(
      await service.plan(TEAM, LAST, { scores: pickScores(CHECKED), activation: 'softmax' }),
    );
  });

  it('sends the queries in turn, and gives the model free when it ends', async () => {
    const ending = abort();
    waiting.push(Uint8Array.of(1), Uint8Array.of(2));
    const stream = service.watch(TEAM, model.id, ending.signal);
    expect((await stream.next()).value).toEqual(Uint8Array.of(1));
    expect((await stream.next()).value).toEqual(Uint8Array.of(2));
    expect(streams.has(model.id)).toBe(true);
    ending.abort();
    expect((await stream.next()).done).toBe(true);
    expect(streams.has(model.id)).toBe(false);
    expect(sent).toEqual([queriesKey(key)]);
  });

  it('ends when another stream takes over, which stays', async () => {
    waiting.push(Uint8Array.of(1));
    const first = service.watch(TEAM, model.id, abort().signal);
    await first.next();
    waiting.push(Uint8Array.of(2));
    const second = service.watch(TEAM, model.id, abort().signal);
    expect((await second.next()).value).toEqual(Uint8Array.of(2));
    expect((await first.next()).done).toBe(true);
    expect(streams.has(model.id)).toBe(true);
  });

  it('does not start for a model that has ended', async () => {
    await service.delete(TEAM, model.id);
    await expect(service.watch(TEAM, model.id, abort().signal).next()).rejects.toMatchObject({
      reason: 'SERVED_MODEL_NOT_FOUND',
    });
  });
});

describe('results', () => {
  it('wake the worker that waits for them, once, and the stream, which is free for the next query', async () => {
    const model = await service.create(
      await service.plan(TEAM, LAST, { scores: pickScores(CHECKED), activation: 'softmax' }),
    );
    await service.submit(TEAM, model.id, 'query', Uint8Array.of(7));
    await service.submit(TEAM, model.id, 'query', Uint8Array.of(8));
    expect(results.get('query')).toEqual(Uint8Array.of(7));
    expect(sent).toEqual([resultKey('query'), queriesKey(model), queriesKey(model)]);
  });

  it('of a model that does not exist are refused, and so is its deletion', async () => {
    const id = uuidv7();
    await expect(service.submit(TEAM, id, 'query', Uint8Array.of(7))).rejects.toMatchObject({
      reason: 'SERVED_MODEL_NOT_FOUND',
    });
    await expect(service.delete(TEAM, id)).rejects.toMatchObject({ reason: 'SERVED_MODEL_NOT_FOUND' });
    expect(results.size).toBe(0);
  });
});
