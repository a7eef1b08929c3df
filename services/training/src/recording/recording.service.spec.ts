import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRuns, TEAM } from '../../test/memory.js';
import type { SampleIndex } from '../dataset/dataset.js';
import type {
  RecordedPart,
  RecordingForm,
  RecordingRequest,
  RecordingWriter,
  SampleRecord,
} from './recording.js';
import type { RecordingRepository } from './recording.repository.js';
import { type RecordAddress, RecordingService } from './recording.service.js';

const PROJECT = 'project';
const bytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const record: SampleRecord = {
  split: 'training',
  sampleIds: ['s0'],
  trainingMode: false,
  columns: [{ content: 'loss', layer: '', type: 'float32', data: bytes(1), steps: [] }],
};
const facts = { seconds: 1, samplesPerSecond: 2, metrics: [], droppedRows: 0 };
const request: RecordingRequest = {
  projectId: PROJECT,
  displayName: '',
  datasetVersionId: 'data',
  modelName: '',
  outputDims: [2],
  task: undefined,
  layers: [{ name: 'conv', kind: 'Conv2d', units: 2, positionDims: [3, 3] }],
  layersNote: '',
  epochs: 0,
  writers: 1,
  framework: 'torch',
  parameterCount: 9,
};

let runs: ReturnType<typeof memoryRuns>;
let parts: RecordedPart[];
let queued: string[];
let service: RecordingService;

function memoryRecordings() {
  const forms = new Map<string, RecordingForm>();
  const writers = new Map<string, RecordingWriter[]>();
  const ends = new Map<string, number>();
  const recordings: Partial<RecordingRepository> = {
    insert: (form) => {
      forms.set(form.runId, form);
      writers.set(
        form.runId,
        Array.from({ length: form.writers }, (_, writer) => ({
          writer,
          sequence: 0,
          epochsEnded: 0,
          ended: false,
        })),
      );
      return Promise.resolve();
    },
    find: (runId) => Promise.resolve(forms.get(runId)),
    findModel: () => Promise.resolve(undefined),
    writers: (runId) => Promise.resolve(writers.get(runId) ?? []),
    findWriter: (runId, writer) => Promise.resolve(writers.get(runId)?.[writer]),
    lockWriter: (runId, writer) => Promise.resolve(writers.get(runId)?.[writer]),
    lock: () => Promise.resolve(),
    updateWriter: (runId, writer) => {
      writers.get(runId)![writer.writer] = writer;
      return Promise.resolve();
    },
    insertPart: (_run, _epoch, part) => Promise.resolve(void parts.push(part)),
    endEpoch: (runId, epoch) => {
      const key = `${runId} ${epoch}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
      return Promise.resolve(ends.get(key)!);
    },
    openEpoch: () => Promise.resolve({ epoch: 1, rows: 1 }),
  };
  return recordings as RecordingRepository;
}

beforeEach(() => {
  [runs, parts, queued] = [memoryRuns(), [], []];
  const ref: ArtifactRef = { uri: 'x', sha256: 'x', sizeBytes: 1, mediaType: 'x' };
  const index = { rowOf: () => 0, sampleIds: ['s0'] } as unknown as SampleIndex;
  service = new RecordingService(
    memoryWork,
    memoryRecordings(),
    {
      create: () => Promise.resolve('job'),
      addEpoch: (_job: string, epoch: number) => Promise.resolve(void queued.push(`epoch ${epoch}`)),
      close: () => Promise.resolve(void queued.push('close')),
    } as never,
    { putRecord: () => Promise.resolve(ref), putGraphPart: () => Promise.resolve(ref) },
    runs,
    { insert: () => Promise.resolve() },
    { insert: () => Promise.resolve() },
    { save: () => Promise.resolve(ref) },
    { mustExist: () => Promise.resolve() },
    {
      version: () =>
        Promise.resolve({
          id: 'data',
          projectId: PROJECT,
          isReady: true,
          sampleCount: 4,
          shardSize: 4,
          splits: [],
          inputs: [],
          groundTruths: [],
          classNames: ['a', 'b'],
          samples: undefined,
        }),
    },
    { index: () => Promise.resolve(index) },
    { importBytes: 8 },
  );
});

const begin = async (change: Partial<RecordingRequest> = {}): Promise<string> =>
  (await service.create(TEAM, await service.plan(TEAM, { ...request, ...change }))).id;
const at = (runId: string, sequence: number, change: Partial<RecordAddress> = {}): RecordAddress => ({
  runId,
  writer: 0,
  sequence,
  epoch: 1,
  ...change,
});
const append = (address: RecordAddress): Promise<number> =>
  service.appendSamples(TEAM, address, record, Uint8Array.of(1));

describe('a recording', () => {
  it('is a run whose task follows from the output and the classes', async () => {
    const { settings } = (await runs.find(await begin({ layersNote: '1 of 2 layers' })))!;
    expect(settings).toMatchObject({
      kind: 'recorded',
      epochs: 0,
      layers: ['conv'],
      layersNote: '1 of 2 layers',
    });
    expect(settings.objectives).toEqual([
      { output: 'output', task: 'multi-class', loss: { name: 'recorded', config: {} } },
    ]);
    const tasks = await Promise.all(
      [[1], [8, 8, 2], [5]].map(async (outputDims) => {
        const run = await runs.find(await begin({ outputDims }));
        return run!.settings.objectives![0]!.task;
      }),
    );
    expect(tasks).toEqual(['binary', 'per-pixel', 'regression']);
  });

  it('takes each record of a writer once and in order', async () => {
    const runId = await begin();
    expect(await append(at(runId, 1))).toBe(1);
    expect(await append(at(runId, 1))).toBe(1);
    await expect(append(at(runId, 3))).rejects.toMatchObject({
      reason: 'RECORD_GAP',
      metadata: { last: '1' },
    });
    expect(parts).toHaveLength(1);
    await expect(append(at(runId, 2, { writer: 1 }))).rejects.toMatchObject({ reason: 'WRITER_UNKNOWN' });
    for (const change of [{ epoch: 0 }, { sequence: 0 }])
      await expect(append(at(runId, 2, change))).rejects.toMatchObject({ reason: 'RECORDING_INVALID' });
  });

  it('queues an epoch when all writers have ended it, and ends with the last writer', async () => {
    const runId = await begin({ writers: 2 });
    await service.endEpoch(TEAM, at(runId, 1), facts);
    expect(queued).toEqual([]);
    await service.endEpoch(TEAM, at(runId, 1, { writer: 1 }), facts);
    await service.endRun(TEAM, at(runId, 2));
    expect(queued).toEqual(['epoch 1']);
    await service.endRun(TEAM, at(runId, 2, { writer: 1 }));
    expect(queued).toEqual(['epoch 1', 'close']);
    await expect(append(at(runId, 3))).rejects.toMatchObject({ reason: 'RECORDING_ENDED' });
  });

  it('takes no record of an epoch that its writer has ended, nor of a run that has', async () => {
    const runId = await begin();
    await service.endEpoch(TEAM, at(runId, 1), facts);
    await expect(append(at(runId, 2))).rejects.toMatchObject({ reason: 'RECORDED_EPOCH_ENDED' });
    await expect(service.endEpoch(TEAM, at(runId, 2), facts)).rejects.toMatchObject({
      reason: 'RECORDED_EPOCH_ENDED',
    });
    runs.change(runId, { state: 'stopped' });
    await expect(append(at(runId, 2, { epoch: 2 }))).rejects.toMatchObject({ reason: 'RECORDING_ENDED' });
  });

  it.each([
    { writers: 0 },
    { outputDims: [0] },
    { parameterCount: -1 },
    { layers: [...request.layers, ...request.layers] },
    { layers: [{ ...request.layers[0]!, units: 0 }] },
    { layers: [{ ...request.layers[0]!, positionDims: [0] }] },
    { framework: 'x'.repeat(201) },
    { layersNote: 'x'.repeat(501) },
    { layersNote: 'two\nlines' },
  ])('does not begin with %o', async (change) => {
    await expect(begin(change)).rejects.toMatchObject({ reason: 'RECORDING_INVALID' });
  });

  it.each(['x', uuidv7()])('is not found as %s', async (runId) => {
    await expect(service.get(TEAM, runId)).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
  });

  it('says how far it is', async () => {
    expect(await service.get(TEAM, await begin())).toMatchObject({
      openEpoch: 1,
      openEpochShare: 0.25,
      writerStates: [{ writer: 0, sequence: 0 }],
    });
  });
});
