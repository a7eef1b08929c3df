import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRuns, TEAM } from '../../test/memory.js';
import type { SampleIndex } from '../dataset/dataset.js';
import type {
  BranchEpoch,
  RecordedPart,
  RecordingForm,
  RecordingRequest,
  RecordingWriter,
  SampleRecord,
} from './recording.js';
import { MAX_BRANCH, MAX_EPOCH, toBranchEpoch, toShardIndex } from './recording.js';
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
let parts: (RecordedPart & { readonly branch: number })[];
let queued: string[];
let service: RecordingService;

function memoryRecordings() {
  const forms = new Map<string, RecordingForm>();
  const writers = new Map<string, RecordingWriter[]>();
  const ends = new Map<string, number>();
  const starts = new Map<string, number>();
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
          branch: 0,
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
    insertPart: (_run, { branch }, part) => Promise.resolve(void parts.push({ ...part, branch })),
    openBranch: (runId, { epoch, branch }) => {
      const key = `${runId} ${branch}`;
      if (!starts.has(key)) starts.set(key, epoch);
      return Promise.resolve(starts.get(key)!);
    },
    findBranchStart: (runId, branch) => Promise.resolve(starts.get(`${runId} ${branch}`) ?? 0),
    endEpoch: (runId, { epoch, branch }) => {
      const key = `${runId} ${epoch} ${branch}`;
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
  const index = { getRow: () => 0, sampleIds: ['s0'] } as unknown as SampleIndex;
  service = new RecordingService(
    memoryWork,
    memoryRecordings(),
    {
      create: () => Promise.resolve('job'),
      addEpoch: (_job: string, { epoch, branch }: BranchEpoch) =>
        Promise.resolve(void queued.push(`epoch ${epoch}${branch > 0 ? ` of branch ${branch}` : ''}`)),
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

  it('records an epoch again in a new branch after all writers went back to it', async () => {
    const runId = await begin({ writers: 2 });
    const end = (sequence: number, writer: number, epoch: number): Promise<number> =>
      service.endEpoch(TEAM, at(runId, sequence, { writer, epoch }), facts);
    for (const writer of [0, 1]) for (const epoch of [1, 2, 3]) await end(epoch, writer, epoch);
    queued.length = 0;
    await service.rewind(TEAM, at(runId, 4, { epoch: 2 }));
    // Twice is once, and another writer chooses nothing else.
    expect(await service.rewind(TEAM, at(runId, 4, { epoch: 2 }))).toBe(4);
    await expect(service.rewind(TEAM, at(runId, 4, { writer: 1, epoch: 1 }))).rejects.toMatchObject({
      reason: 'REWIND_DIFFERS',
    });
    await append(at(runId, 5, { epoch: 2 }));
    await append(at(runId, 4, { writer: 1, epoch: 4 }));
    expect(parts.map(({ writer, branch }) => [writer, branch])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    await expect(end(6, 0, 3)).rejects.toMatchObject({ reason: 'BRANCH_UNFINISHED' });
    await end(6, 0, 2);
    expect(queued).toEqual([]);
    await service.rewind(TEAM, at(runId, 5, { writer: 1, epoch: 2 }));
    await end(6, 1, 2);
    await end(7, 0, 3);
    await end(7, 1, 3);
    expect(queued).toEqual(['epoch 2 of branch 1', 'epoch 3 of branch 1']);
  });

  it('goes back to epochs that the writer has ended, and to the open one', async () => {
    const runId = await begin();
    await service.endEpoch(TEAM, at(runId, 1), facts);
    await expect(service.rewind(TEAM, at(runId, 2, { epoch: 3 }))).rejects.toMatchObject({
      reason: 'REWIND_INVALID',
    });
    await service.rewind(TEAM, at(runId, 2, { epoch: 2 }));
    await service.endRun(TEAM, at(runId, 3));
    await expect(service.rewind(TEAM, at(runId, 4))).rejects.toMatchObject({ reason: 'RECORDING_ENDED' });
  });

  it('has a shard for each epoch of a branch', () => {
    expect(toShardIndex({ epoch: 7, branch: 0 })).toBe(7);
    const last = { epoch: MAX_EPOCH, branch: MAX_BRANCH };
    expect(toBranchEpoch(toShardIndex(last))).toEqual(last);
    expect(toShardIndex(last)).toBeLessThan(2 ** 31);
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
