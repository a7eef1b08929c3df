import { once } from 'node:events';
import { parseArtifactRef } from '@noema/contracts';
import { ModelFormat, ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { RecordedContent } from '@noema/contracts/noema/training/v1/recording';
import { RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { EvaluationFile, readRecordedResponses, readResponseMatrices } from '@noema/population/files';
import { holdRows } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OTHER_TEAM, PROJECT } from './peers.js';
import { startTraining } from './running-training.js';

const LAYERS = [
  { name: 'conv', kind: 'Conv2d', unitCount: 4, positionDims: [4, 4] },
  { name: 'head', kind: 'Linear', unitCount: 3, positionDims: [] },
];
/** Rows of the data of `peers.ts`: 120 of training, 40 of validation, 5 unlabeled. */
const ROWS = 165;
const toAddress = (row: number): { split: Split; id: string } =>
  row < 120
    ? { split: Split.TRAINING, id: `s${row}` }
    : row < 160
      ? { split: Split.VALIDATION, id: `s${row - 120}` }
      : { split: Split.UNLABELED, id: `s${row - 160}` };
const bytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);

/** Makes the predictions of an imaginary network for every sample; another seed, another epoch. */
function saidBy(seed: number) {
  const random = seededRandom(seed);
  const numbers = (width: number): Float32Array => Float32Array.from({ length: ROWS * width }, random);
  const output = numbers(3);
  for (let row = 0; row < ROWS; row++) {
    const three = output.subarray(row * 3, row * 3 + 3);
    const sum = three[0]! + three[1]! + three[2]!;
    three.forEach((value, i) => (three[i] = value / sum));
  }
  return { output, loss: numbers(1), conv: numbers(4), convMax: numbers(4), head: numbers(3) };
}
type Said = ReturnType<typeof saidBy>;

/** The record of some rows of one split. */
function makeRecord(said: Said, rows: readonly number[], trainingMode = false) {
  const take = (values: Float32Array): Uint8Array => {
    const width = values.length / ROWS;
    return bytes(
      Float32Array.from(rows.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)])),
    );
  };
  const column = (content: RecordedContent, values: Float32Array, layer = '') => ({
    content,
    layer,
    dataType: DataType.FLOAT32,
    data: take(values),
  });
  return {
    split: toAddress(rows[0]!).split,
    sampleIds: rows.map((row) => toAddress(row).id),
    trainingMode,
    columns: [
      column(RecordedContent.OUTPUT, said.output),
      column(RecordedContent.LOSS, said.loss),
      column(RecordedContent.RESPONSE_MEAN, said.conv, 'conv'),
      column(RecordedContent.RESPONSE_MAX, said.convMax, 'conv'),
      column(RecordedContent.RESPONSE_MEAN, said.head, 'head'),
    ],
  };
}

/** All rows in batches of one split, shuffled. */
function batches(seed: number): number[][] {
  const random = seededRandom(seed);
  return [
    [0, 120],
    [120, 160],
    [160, 165],
  ].flatMap(([from, to]) => {
    const rows = Array.from({ length: to! - from! }, (_, i) => from! + i)
      .map((row) => [random(), row] as const)
      .sort(([a], [b]) => a - b)
      .map(([, row]) => row);
    return Array.from({ length: Math.ceil(rows.length / 16) }, (_, i) => rows.slice(i * 16, i * 16 + 16));
  });
}

let running: Awaited<ReturnType<typeof startTraining>>;
let datasetVersionId: string;
beforeAll(async () => {
  running = await startTraining();
  await running.startWorker();
  datasetVersionId = await running.addDataset({});
});
afterAll(() => running.stop());

const begin = async (change: object = {}): Promise<string> =>
  (
    await running.api.recordings.createRecording({
      projectId: PROJECT,
      displayName: 'mine',
      datasetVersionId,
      modelName: `net ${uuidv7()}`,
      outputDims: [3],
      layers: LAYERS,
      framework: 'torch 2.5',
      ...change,
    })
  ).run!.id;

/** One rank of a client, which numbers its records. */
function openWriter(runId: string, writer = 0, sequence = 0) {
  const append = async (epoch: number, content: object): Promise<number> => {
    sequence++;
    const answer = await running.api.recordings.appendRecord({
      runId,
      writer,
      sequence: BigInt(sequence),
      epoch,
      content: content as never,
    });
    return Number(answer.sequence);
  };
  return {
    samples: (epoch: number, value: object) => append(epoch, { case: 'samples', value }),
    endEpoch: (epoch: number, value: object = {}) => append(epoch, { case: 'epochEnd', value }),
    endRun: () => append(0, { case: 'runEnd', value: {} }),
  };
}

const readEpoch = async (runId: string, epoch: number) => {
  await running.epochsDone(runId, epoch);
  return (await running.api.epochs.getEpoch({ runId, epoch })).epoch!;
};

async function stored(runId: string, epoch: number) {
  const found = await readEpoch(runId, epoch);
  const file = EvaluationFile.read(await running.store.get(parseArtifactRef(found.evaluation, 'evaluation')));
  const responses = found.recordedResponses
    ? readRecordedResponses(await running.store.get(parseArtifactRef(found.recordedResponses, 'responses')))
    : undefined;
  const matrices = await Promise.all(
    (responses?.shards ?? []).map(async (ref) => readResponseMatrices(await running.store.get(ref))),
  );
  return { found, file, responses, matrices };
}

const joined = (said: Said, conv: Float32Array): number[] =>
  Array.from({ length: ROWS }, (_, row) => [
    ...conv.subarray(row * 4, row * 4 + 4),
    ...said.head.subarray(row * 3, row * 3 + 3),
  ]).flat();

describe('a recorded run', () => {
  it('has every epoch exactly as recorded, from batches in any order', async () => {
    const runId = await begin({ epochs: 2 });
    const { run } = await running.api.runs.getRun({ runId });
    expect(run).toMatchObject({
      state: RunState.RUNNING,
      task: Task.MULTI_CLASS,
      engine: 'torch 2.5',
      settings: { kind: RunKind.RECORDED, epochs: 2, layers: ['conv', 'head'] },
    });
    const client = openWriter(runId);
    for (const epoch of [1, 2]) {
      const said = saidBy(epoch);
      // Records of the training loop are replaced by the records of the network after the epoch.
      for (const rows of batches(epoch).filter(([row]) => row! < 120))
        await client.samples(epoch, makeRecord(saidBy(100 + epoch), rows, true));
      for (const rows of batches(10 + epoch)) await client.samples(epoch, makeRecord(said, rows));
      await client.endEpoch(epoch, {
        seconds: 3,
        samplesPerSecond: 40,
        metrics: [{ name: 'learning_rate', value: 0.25 }],
      });
    }
    await client.endRun();
    expect((await running.ended(runId)).state).toBe(RunState.SUCCEEDED);
    for (const epoch of [1, 2]) {
      const said = saidBy(epoch);
      const { found, file, responses, matrices } = await stored(runId, epoch);
      expect(found).toMatchObject({ seconds: 3, samplesPerSecond: 40, partialReason: '' });
      expect([...file.first.outputs.data]).toEqual([...said.output]);
      const labelled = Array.from({ length: 160 }, (_, row) => row);
      expect([...file.first.loss.subarray(0, 160)]).toEqual([...said.loss.subarray(0, 160)]);
      expect([...file.first.hasLoss]).toEqual([...labelled.map(() => 1), 0, 0, 0, 0, 0]);
      const best = (row: number): number => {
        const three = [...said.output.subarray(row * 3, row * 3 + 3)];
        return three.indexOf(Math.max(...three));
      };
      expect([...file.first.predictedClass!]).toEqual(Array.from({ length: ROWS }, (_, row) => best(row)));
      expect([...file.first.correct!.subarray(0, 160)]).toEqual(
        labelled.map((row) => (best(row) === row % 3 ? 1 : 0)),
      );
      const [training, validation] = found.splits;
      const mean = (from: number, to: number, of: (row: number) => number): number =>
        labelled.slice(from, to).reduce((sum, row) => sum + of(row), 0) / (to - from);
      expect(training).toMatchObject({ split: Split.TRAINING, sampleCount: 120 });
      expect(training!.loss).toBeCloseTo(
        mean(0, 120, (row) => said.loss[row]!),
        10,
      );
      expect(training!.metrics).toEqual([
        expect.objectContaining({ name: 'accuracy' }),
        expect.objectContaining({ name: 'learning_rate', value: 0.25 }),
      ]);
      expect(validation!.metrics[0]!.value).toBeCloseTo(
        mean(120, 160, (row) => (best(row) === row % 3 ? 1 : 0)),
        10,
      );
      expect(responses!.layers).toEqual(
        LAYERS.map(({ unitCount, ...layer }) => ({ ...layer, units: unitCount })),
      );
      expect(matrices.map(({ rows }) => rows)).toEqual([64, 64, 37]);
      expect(matrices.flatMap(({ mean: all }) => [...all])).toEqual(joined(said, said.conv));
      // A layer without positions has one activation, which is its mean and its maximum.
      expect(matrices.flatMap(({ max }) => [...max])).toEqual(joined(said, said.convMax));
    }
    const { epochs } = await running.api.epochs.listEpochs({ runId });
    const { modelVersion } = await running.api.models.getModelVersion({
      modelVersionId: epochs[1]!.modelVersionId,
    });
    expect(modelVersion).toMatchObject({ origin: ModelVersionOrigin.RECORDED, runId, epoch: 2 });
    const { model } = await running.api.models.getModel({ modelId: modelVersion!.modelId });
    expect(model).toMatchObject({ format: ModelFormat.RECORDED });
  });

  it('waits for all writers; a sample that two of them have is that of the lower', async () => {
    const runId = await begin({ writers: 2 });
    const [first, second] = [openWriter(runId, 0), openWriter(runId, 1)];
    const [mine, yours] = [saidBy(1), saidBy(2)];
    const all = batches(3);
    for (const [i, rows] of all.entries())
      await (i % 2 === 0
        ? first.samples(1, makeRecord(mine, rows))
        : second.samples(1, makeRecord(yours, rows)));
    // The padding of the second rank: rows that the first one has.
    await second.samples(1, makeRecord(yours, all[0]!));
    await second.endEpoch(1);
    expect((await running.api.epochs.listEpochs({ runId })).epochs).toEqual([]);
    const { recording } = await running.api.recordings.getRecording({ runId });
    expect(recording).toMatchObject({ openEpoch: 1, openEpochShare: 1 });
    expect(recording!.writers.map(({ epochsEnded }) => epochsEnded)).toEqual([0, 1]);
    await first.endEpoch(1);
    const { file } = await stored(runId, 1);
    const expected = new Float32Array(ROWS);
    for (const [i, rows] of all.entries())
      for (const row of rows) expected[row] = (i % 2 === 0 ? mine : yours).loss[row]!;
    expect([...file.first.loss.subarray(0, 160)]).toEqual([...expected.subarray(0, 160)]);
    await first.endRun();
    expect((await running.api.runs.getRun({ runId })).run!.state).toBe(RunState.RUNNING);
    await second.endRun();
    expect((await running.ended(runId)).state).toBe(RunState.SUCCEEDED);
  });

  it('takes each record once, in order, and says where a client goes on', async () => {
    const runId = await begin();
    const value = makeRecord(saidBy(1), [0, 1]);
    const append = (sequence: bigint, epoch = 1) =>
      running.api.recordings.appendRecord({
        runId,
        sequence,
        epoch,
        content: { case: 'samples', value },
      });
    expect((await append(1n)).sequence).toBe(1n);
    expect((await append(1n)).sequence).toBe(1n);
    await expect(append(3n)).rejects.toMatchObject({
      reason: 'RECORD_GAP',
      metadata: { last: '1' },
    });
    expect((await append(2n)).sequence).toBe(2n);
    // Ten calls of one record at once store it once.
    const answers = await Promise.all(Array.from({ length: 10 }, () => append(3n)));
    expect(answers.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 10 }, () => 3n));
    const { recording } = await running.api.recordings.getRecording({ runId });
    expect(recording!.writers).toEqual([expect.objectContaining({ writer: 0, sequence: 3n, ended: false })]);
    expect(recording!.openEpochShare).toBeCloseTo(6 / ROWS, 6);
  });

  it('names an epoch partial in which samples lack an output or a response, and draws no map of it', async () => {
    const runId = await begin();
    const client = openWriter(runId);
    const said = saidBy(1);
    await client.samples(1, makeRecord(said, [0, 1, 2]));
    await client.endEpoch(1, { droppedRows: 7n });
    const { found, file, responses } = await stored(runId, 1);
    expect(found.partialReason).toBe('162 of 165 samples have no output; the client left out 7 rows');
    expect(responses).toBeUndefined();
    expect([...file.first.predictedClass!.subarray(3)]).toEqual(Array.from({ length: 162 }, () => -1));
    expect([...file.first.hasLoss.subarray(0, 5)]).toEqual([1, 1, 1, 0, 0]);
    for (const rows of batches(2)) {
      const record = makeRecord(said, rows);
      await client.samples(2, { ...record, columns: record.columns.slice(0, rows.includes(0) ? 2 : 5) });
    }
    await client.endEpoch(2);
    const batch = batches(2).find((rows) => rows.includes(0))!;
    expect((await readEpoch(runId, 2)).partialReason).toBe(`${batch.length} of 165 samples lack a response`);
    await client.endEpoch(3);
    expect((await readEpoch(runId, 3)).partialReason).toBe('165 of 165 samples have no output');
  });

  it('without layers has losses and predictions alone', async () => {
    const runId = await begin({ layers: [] });
    const client = openWriter(runId);
    for (const rows of batches(1)) {
      const record = makeRecord(saidBy(1), rows);
      await client.samples(1, { ...record, columns: record.columns.slice(0, 2) });
    }
    await client.endEpoch(1);
    const { found, responses } = await stored(runId, 1);
    expect(found.partialReason).toBe('');
    expect(responses).toBeUndefined();
  });

  it('that was stopped takes no more records', async () => {
    const runId = await begin();
    const client = openWriter(runId);
    await client.samples(1, makeRecord(saidBy(1), [0]));
    expect((await running.api.runs.stopRun({ runId })).run!.state).toBe(RunState.STOPPED);
    await expect(client.samples(1, makeRecord(saidBy(1), [1]))).rejects.toMatchObject({
      reason: 'RECORDING_ENDED',
    });
    await expect(running.api.runs.resumeRun({ runId })).rejects.toMatchObject({
      reason: 'RECORDED_RUN_NOT_RESUMABLE',
    });
  });

  it('is made once for one request id, of one model for one name', async () => {
    const request = { requestId: uuidv7(), modelName: `net ${uuidv7()}` };
    const runId = await begin(request);
    expect(await begin(request)).toBe(runId);
    const again = await begin({ modelName: request.modelName });
    const models = await Promise.all(
      [runId, again].map(async (id) => {
        const { run } = await running.api.runs.getRun({ runId: id });
        return (await running.api.models.getModelVersion({ modelVersionId: run!.modelVersionId }))
          .modelVersion!.modelId;
      }),
    );
    expect(models[0]).toBe(models[1]);
    await running.addModel();
    await expect(begin({ modelName: 'model 0' })).rejects.toMatchObject({ reason: 'MODEL_NAME_TAKEN' });
  });

  it('has no graph to train or to compute with', async () => {
    const { run } = await running.api.runs.getRun({ runId: await begin() });
    await expect(
      running.createRun({ datasetVersionId, modelVersionId: run!.modelVersionId }),
    ).rejects.toMatchObject({ reason: 'MODEL_HAS_NO_GRAPH' });
  });

  it('is not seen by another team', async () => {
    const runId = await begin();
    const { recordings } = running.as(OTHER_TEAM);
    await expect(recordings.getRecording({ runId })).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
    await expect(
      recordings.appendRecord({
        runId,
        sequence: 1n,
        epoch: 1,
        content: { case: 'samples', value: makeRecord(saidBy(1), [0]) },
      }),
    ).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
  });

  const value = makeRecord(saidBy(1), [0, 1]);
  const nan = { ...value.columns[0]!, data: bytes(new Float32Array(6).fill(NaN)) };
  it.each([
    ['RECORD_INVALID', 'fewer numbers', { columns: [{ ...value.columns[0]!, data: new Uint8Array(4) }] }],
    ['RECORD_INVALID', 'a number that is not finite', { columns: [nan] }],
    ['RECORD_INVALID', 'a column twice', { columns: [value.columns[1]!, value.columns[1]!] }],
    ['RECORD_INVALID', 'an unknown layer', { columns: [{ ...value.columns[2]!, layer: 'none' }] }],
    ['RECORD_INVALID', 'no columns', { columns: [] }],
    ['RECORD_INVALID', 'no samples', { sampleIds: [] }],
    ['SAMPLE_NOT_FOUND', 'an unknown id', { sampleIds: ['s0', 'nobody'] }],
  ])('refuses as %s a record with %s', async (reason, _, change) => {
    const client = openWriter(await begin());
    await expect(client.samples(1, { ...value, ...change })).rejects.toMatchObject({ reason });
  });

  it.each([
    ['a layer twice', { layers: [LAYERS[0]!, LAYERS[0]!] }],
    ['a layer without units', { layers: [{ name: 'a', kind: 'x', unitCount: 0, positionDims: [] }] }],
    ['an output without size', { outputDims: [0] }],
    ['too many writers', { writers: 5000 }],
  ])('does not begin with %s', async (_, change) => {
    await expect(begin(change)).rejects.toMatchObject({ reason: 'RECORDING_INVALID' });
  });

  it('loses and doubles nothing when its worker is killed while it puts an epoch together', async () => {
    await running.stopWorkers();
    const runId = await begin();
    const client = openWriter(runId);
    const said = saidBy(7);
    for (const rows of batches(7)) await client.samples(1, makeRecord(said, rows));
    await client.endEpoch(1);
    await client.endRun();
    const epoch = await holdRows(running.adminUrl, 'training.epoch', `new.run_id = '${runId}'`);
    const dead = running.forkWorker();
    await epoch.reached();
    dead.kill('SIGKILL');
    await once(dead, 'exit');
    await epoch.close();
    await running.startWorker();
    expect((await running.ended(runId)).state).toBe(RunState.SUCCEEDED);
    const { file, matrices } = await stored(runId, 1);
    expect([...file.first.outputs.data]).toEqual([...said.output]);
    expect(matrices.flatMap(({ mean }) => [...mean])).toEqual(joined(said, said.conv));
    expect((await running.api.epochs.listEpochs({ runId })).epochs).toHaveLength(1);
  });
});
