import { type ArtifactRef, DomainError, type Fault } from '@noema/kernel';
import type { DatasetShard } from '@noema/population';
import type { RecordedResponses, ResponseMatrices } from '@noema/population/files';
import { memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRuns, memoryVersions, newRun, TEAM, toRef } from '../../test/memory.js';
import { deriveModelVersionId, type Epoch } from '../epoch/epoch.js';
import { EpochStore } from '../epoch/epoch.store.js';
import { RecordedEpochExecutor } from './recorded-epoch.executor.js';
import type { AcceptedGraph } from './recorded-graph.reader.js';
import type { RecordedColumn, RecordedPart, RecordingForm, SampleRecord } from './recording.js';

/** Four samples of two classes in two shards. */
const SAMPLES = ['s0', 's1', 's2', 's3'];
const CLASSES = [0, 1, 0, 1];
const LAYERS: RecordingForm['layers'] = [{ name: 'dense', kind: 'Linear', units: 1, positionDims: [] }];
const SHARDS: DatasetShard[] = [0, 1].map((index) => ({
  index,
  firstRow: 2 * index,
  rowCount: 2,
  inputs: toRef('inputs'),
  groundTruths: toRef('truths'),
}));

const column = (
  content: RecordedColumn['content'],
  values: readonly number[],
  layer = '',
): RecordedColumn => ({
  content,
  layer,
  type: 'float32',
  data: new Uint8Array(Float32Array.from(values).buffer),
  steps: [],
});
/** Outputs of the model for some samples: the probability of class 1, the loss and the response. */
const createRecord = (
  rows: readonly number[],
  ones: readonly number[] = rows.map((row) => CLASSES[row]!),
  withResponse = true,
): SampleRecord => ({
  split: 'training',
  sampleIds: rows.map((row) => SAMPLES[row]!),
  trainingMode: false,
  columns: [
    column(
      'output',
      ones.flatMap((one) => [1 - one, one]),
    ),
    column(
      'loss',
      rows.map((row) => row / 4),
    ),
    ...(withResponse
      ? [
          column(
            'mean',
            rows.map((row) => row * 10),
            'dense',
          ),
        ]
      : []),
  ],
});

let runs: ReturnType<typeof memoryRuns>;
let versions: ReturnType<typeof memoryVersions>;
let store: EpochStore;
let form: RecordingForm;
let runId: string;
/** Records by epoch and branch. */
let records: Map<string, { record: SampleRecord; part: RecordedPart }[]>;
let epochs: Epoch[];
let branchStarts: number[];
let shownBranches: string[];
let isReplaced: boolean;
let written: ResponseMatrices[];
let responses: RecordedResponses[];
let storedShards: readonly ArtifactRef[];
let announced: string[];
let graph: AcceptedGraph | Error;
let dropped: number;
let executor: RecordedEpochExecutor;

beforeEach(async () => {
  [runs, versions, store] = [memoryRuns(), memoryVersions(), new EpochStore(memoryStore())];
  [records, epochs, branchStarts, shownBranches, isReplaced] = [new Map(), [], [0], [], false];
  [written, responses, storedShards, announced, dropped] = [[], [], [], [], 0];
  graph = new DomainError('precondition', 'GRAPH_NOT_RECORDED', 'no graph');
  const run = newRun();
  runId = run.id;
  await runs.insert({
    ...run,
    settings: {
      ...run.settings,
      objectives: [{ output: 'y', task: 'multi-class', loss: undefined }],
      noLossReason: '',
      layers: [],
    },
  });
  await versions.insert({
    id: run.modelVersionId,
    modelId: 'model',
    projectId: 'project',
    origin: 'recorded',
    runId: '',
    epoch: 0,
    seed: 0,
    topology: toRef('topology'),
    weights: undefined,
    imported: undefined,
    createTime: new Date(0),
  });
  form = { runId, writers: 1, layers: LAYERS, outputDims: [2] };
  const toKey = ({ epoch, branch }: { epoch: number; branch: number }) => `${epoch} of ${branch}`;
  executor = new RecordedEpochExecutor(
    memoryWork,
    {
      find: () => Promise.resolve(form),
      findBranchStart: (_run, branch) => Promise.resolve(branchStarts[branch]!),
      parts: (_run, at) => Promise.resolve((records.get(toKey(at)) ?? []).map(({ part }) => part)),
      epochEnds: () =>
        Promise.resolve([{ writer: 0, seconds: 2, samplesPerSecond: 8, metrics: [], droppedRows: dropped }]),
      graphParts: () => Promise.resolve([]),
      isReplaced: () => Promise.resolve(isReplaced),
      lock: () => Promise.resolve(),
      showBranch: (_run, branch, from) => Promise.resolve(void shownBranches.push(`${branch} from ${from}`)),
      insertShards: (_run, _epoch, shards) => {
        storedShards = shards;
        return Promise.resolve();
      },
      removeParts: (_run, at) => Promise.resolve(void records.delete(toKey(at))),
    },
    {
      readRecord: ({ sha256 }) =>
        Promise.resolve(
          [...records.values()].flat().find(({ part }) => part.content.sha256 === sha256)!.record,
        ),
      putShard: (_owner, index, matrices) => {
        written.push(matrices);
        return Promise.resolve(toRef(`responses ${index}`));
      },
      putResponses: (_owner, file) => {
        responses.push(file);
        return Promise.resolve(toRef('responses'));
      },
    },
    runs,
    {
      find: (_run, epoch) => Promise.resolve(epochs.find((one) => one.epoch === epoch)),
      insert: (epoch) => Promise.resolve(void epochs.push(epoch)),
      deleteReplaced: (_run, branch, from) => {
        epochs = epochs.filter((one) => (one.branch ?? 0) >= branch || one.epoch < from);
        return Promise.resolve();
      },
    },
    store,
    versions,
    {
      version: (_team, id) =>
        Promise.resolve({
          id,
          projectId: 'project',
          isReady: true,
          sampleCount: 4,
          shardSize: 2,
          classNames: ['zero', 'one'],
          splits: [{ split: 'training', firstRow: 0, count: 4 }],
          inputs: [{ name: 'x', dims: [1] }],
          groundTruths: [{ name: 'y', dims: [2] }],
          samples: undefined,
        }),
      shards: () => Promise.resolve(SHARDS),
    },
    {
      index: () =>
        Promise.resolve({
          splits: SAMPLES.map(() => 'training' as const),
          sampleIds: SAMPLES,
          fields: new Map(),
          getRow: (_split, id) => SAMPLES.indexOf(id),
        }),
      load: () => {
        async function* parts() {}
        const data = Float32Array.from(CLASSES.flatMap((index) => [1 - index, index]));
        return Promise.resolve({
          inputs: new Map(),
          groundTruths: new Map([['y', { data, rowDims: [2] }]]),
          parts,
        });
      },
    },
    { read: () => (graph instanceof Error ? Promise.reject(graph) : Promise.resolve(graph)) },
    { save: () => Promise.resolve(toRef('recorded topology')) },
    {
      epochCompleted: (_run, { epoch }, { topology, withoutResponses }) =>
        Promise.resolve(
          void announced.push(
            `${epoch} with ${topology.uri}${withoutResponses === true ? ', without responses' : ''}`,
          ),
        ),
    },
  );
});

let sequence = 0;
function record(of: SampleRecord, epoch = 1, branch = 0, over: Partial<RecordedPart> = {}): void {
  const key = `${epoch} of ${branch}`;
  const content = { ...toRef('record'), sha256: String(++sequence) };
  const rows = of.sampleIds.length;
  const part = { writer: 0, sequence, rows, trainingMode: of.trainingMode, content, ...over };
  records.set(key, [...(records.get(key) ?? []), { record: of, part }]);
}
const execute = (epoch = 1, branch = 0): Promise<number> =>
  executor.execute(TEAM, runId, { epoch, branch }, {
    signal: new AbortController().signal,
    progress: () => undefined,
    commit: (work: () => Promise<void>) => work(),
  } as Parameters<RecordedEpochExecutor['execute']>[3]);
const evaluation = async () => store.readEvaluation(epochs.at(-1)!.evaluation);

describe('a recorded epoch', () => {
  it('has outputs, losses and responses at the rows of their samples, in any order', async () => {
    record(createRecord([3, 1]));
    record(createRecord([0, 2]));
    expect(await execute()).toBe(4);
    const { outputs, loss, predictedClass, trueClass, correct } = await evaluation();
    expect([...outputs]).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
    expect([...loss]).toEqual([0, 0.25, 0.5, 0.75]);
    expect([...predictedClass]).toEqual(CLASSES);
    expect([...trueClass]).toEqual(CLASSES);
    expect([...correct]).toEqual([1, 1, 1, 1]);
    expect(written.map(({ mean }) => [...mean])).toEqual([
      [0, 10],
      [20, 30],
    ]);
  });

  it('has the class of each position, none where a sample has no output', async () => {
    const run = (await runs.find(runId))!;
    const objectives = [{ output: 'y', task: 'per-pixel', loss: undefined }] as const;
    runs.change(runId, { settings: { ...run.settings, objectives } });
    form = { ...form, outputDims: [1, 2] };
    record(createRecord([0, 1, 3], [0, 0, 1]));
    await execute();
    const { predictedPositions, truePositions, pixelAccuracy } = await evaluation();
    expect(predictedPositions).toMatchObject({ dims: [1], data: Uint8Array.of(1, 1, 0, 2) });
    expect(truePositions?.data).toEqual(Uint8Array.of(1, 2, 1, 2));
    expect(pixelAccuracy).toEqual(Float32Array.of(1, 0, NaN, 1));
  });

  it('has a loss of 0 where a cross-entropy of PyTorch gives −0', async () => {
    const { columns, ...of } = createRecord([0, 1, 2, 3]);
    record({ ...of, columns: [columns[0]!, column('loss', [-0, 0, 1, -0])] });
    await execute();
    expect([...(await evaluation()).loss].map((value) => Object.is(value, -0))).toEqual(Array(4).fill(false));
  });

  it('is stored with its model version and its responses, and announced', async () => {
    record(createRecord([0, 1, 2, 3]));
    await execute();
    expect(epochs).toMatchObject([{ epoch: 1, partialReason: '', seconds: 2, samplesPerSecond: 8 }]);
    expect(responses).toEqual([{ layers: LAYERS, shards: [toRef('responses 0'), toRef('responses 1')] }]);
    expect(storedShards).toHaveLength(2);
    expect(await versions.find(deriveModelVersionId(runId, 1, 0))).toMatchObject({ runId, epoch: 1 });
    expect(announced).toEqual(['1 with topology']);
    expect(records.size).toBe(0);
  });

  it('takes the later record of a sample, and inference over training', async () => {
    record({ ...createRecord([0], [1]), trainingMode: true });
    record(createRecord([0, 1, 2, 3]));
    record(createRecord([3], [0]));
    record({ ...createRecord([2], [1]), trainingMode: true });
    await execute();
    const { predictedClass, correct } = await evaluation();
    expect([...predictedClass]).toEqual([0, 1, 0, 0]);
    expect([...correct]).toEqual([1, 1, 1, 0]);
  });

  it('is partial where samples have no output, with the reason, and is not announced', async () => {
    dropped = 2;
    record(createRecord([0, 3]));
    expect(await execute()).toBe(2);
    expect(epochs[0]!.partialReason).toBe('2 of 4 samples have no output; the client left out 2 rows');
    expect([...(await evaluation()).predictedClass]).toEqual([0, -1, -1, 1]);
    expect(epochs[0]!.recordedResponses).toBeUndefined();
    expect(storedShards).toEqual([]);
    expect(announced).toEqual([]);
  });

  it('is partial where samples lack a response', async () => {
    record(createRecord([0, 1, 2]));
    record(createRecord([3], [1], false));
    await execute();
    expect(epochs[0]!.partialReason).toBe('1 of 4 samples lack a response');
    expect(responses).toEqual([]);
  });

  it('has the graph that the client sent, or the reason for its absence', async () => {
    record(createRecord([0, 1, 2, 3]));
    await execute();
    expect(epochs[0]!.graphFault).toMatchObject({ reason: 'GRAPH_NOT_RECORDED' } satisfies Partial<Fault>);
    graph = { artifact: {}, weights: Uint8Array.of(5) };
    record(createRecord([0, 1, 2, 3]), 2);
    await execute(2);
    expect(epochs[1]!.graphFault).toBeUndefined();
    expect([...(await store.read(epochs[1]!.weights))]).toEqual([5]);
    expect(announced[1]).toBe('2 with recorded topology');
  });

  it('is tried again where the graph could not be read for the moment', async () => {
    record(createRecord([0, 1, 2, 3]));
    graph = new DomainError('unavailable', 'STORE_FAILED', 'later');
    await expect(execute()).rejects.toThrow('later');
    expect(epochs).toEqual([]);
  });

  it('is put together once', async () => {
    record(createRecord([0, 1, 2, 3]));
    await execute();
    record(createRecord([0], [1]));
    expect(await execute()).toBe(0);
    expect(epochs).toHaveLength(1);
  });

  it('of a run or a recording that was deleted is refused', async () => {
    await runs.delete(runId);
    await expect(execute()).rejects.toMatchObject({ reason: 'RUN_NOT_FOUND' });
  });
});

describe('a branch of a recording', () => {
  beforeEach(async () => {
    for (const epoch of [1, 2, 3]) {
      record(createRecord([0, 1, 2, 3]), epoch);
      await execute(epoch);
    }
    [branchStarts, announced] = [[0, 2], []];
  });

  it('replaces the epochs from its first on, and keeps those before', async () => {
    record(createRecord([0, 1, 2, 3]), 2, 1);
    await execute(2, 1);
    expect(epochs.map(({ epoch, branch }) => [epoch, branch])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(shownBranches.at(-1)).toBe('1 from 2');
    expect(announced).toEqual(['2 with topology']);
  });

  it('puts its first epoch together before the others, whichever a worker takes first', async () => {
    record(createRecord([0, 1, 2, 3]), 2, 1);
    record(createRecord([0, 1, 2, 3]), 3, 1);
    await execute(3, 1);
    expect(epochs.map(({ epoch, branch }) => [epoch, branch])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
    ]);
  });

  it('announces a partial epoch, too, because results of the replaced one are obsolete', async () => {
    record(createRecord([0]), 2, 1);
    await execute(2, 1);
    expect(announced).toEqual(['2 with topology, without responses']);
  });

  it('is left alone where a later branch has replaced it', async () => {
    isReplaced = true;
    record(createRecord([0, 1, 2, 3]), 2, 1);
    expect(await execute(2, 1)).toBe(0);
    expect(epochs.map(({ branch }) => branch)).toEqual([0, 0, 0]);
  });
});
