import type { OutputEvaluation } from '@noema/population/rules';
import { memoryStore, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRuns, memoryVersions, newRun, TEAM, toRef } from '../../test/memory.js';
import { inspectLayers } from '../engine/model.compiling.js';
import type { TrainingRequest } from '../engine/training.session.js';
import type { Epoch } from '../epoch/epoch.js';
import { EpochStore } from '../epoch/epoch.store.js';
import type { ModelVersion } from '../model/model.js';
import { RunExecutor } from './run.executor.js';
import type { Run, RunSettings } from './run.js';

const layer = (className: string, config: object) => ({ class_name: className, config });
const { artifact: TOPOLOGY } = inspectLayers({
  class_name: 'Sequential',
  config: {
    name: 'net',
    layers: [
      layer('InputLayer', { name: 'x', batch_input_shape: [null, 2] }),
      layer('Dense', { name: 'y', units: 1 }),
    ],
  },
});
const LOSS = { name: 'mean_squared_error', config: {} };
const settings: RunSettings = {
  ...newRun().settings,
  epochs: 3,
  loss: LOSS,
  objectives: [{ output: 'y', task: 'regression', loss: LOSS }],
  noLossReason: '',
  layers: [],
};
const createEvaluation = (over: Partial<OutputEvaluation> = {}): OutputEvaluation => ({
  rows: 2,
  width: 1,
  outputs: Float32Array.of(1, 2),
  hasLoss: Uint8Array.of(1, 1),
  loss: Float32Array.of(0.5, 0.25),
  predictedClass: Int32Array.of(-1, -1),
  trueClass: Int32Array.of(-1, -1),
  correct: new Uint8Array(2),
  ...over,
});

let runs: ReturnType<typeof memoryRuns>;
let versions: ReturnType<typeof memoryVersions>;
let store: EpochStore;
let requests: TrainingRequest[];
let loaded: string[];
/** Durable changes and announcements, in order. */
let log: string[];
let epochs: Epoch[];
let evaluation: OutputEvaluation;
let failure: Error | undefined;
let executor: RunExecutor;

beforeEach(() => {
  [runs, versions, store] = [memoryRuns(), memoryVersions(), new EpochStore(memoryStore())];
  [requests, loaded, log, epochs] = [[], [], [], []];
  [evaluation, failure] = [createEvaluation(), undefined];
  executor = new RunExecutor(
    memoryWork,
    runs,
    {
      insert: (epoch) => {
        epochs.push(epoch);
        return Promise.resolve(void log.push(`epoch ${epoch.epoch}`));
      },
    },
    store,
    versions,
    { read: () => Promise.resolve(TOPOLOGY) },
    {
      version: (_team, id) =>
        Promise.resolve({
          id,
          projectId: 'project',
          isReady: true,
          sampleCount: 2,
          shardSize: 2,
          classNames: [],
          splits: [{ split: 'training', firstRow: 0, count: 2 }],
          inputs: [{ name: 'x', dims: [2] }],
          groundTruths: [{ name: 'y', dims: [1] }],
          samples: undefined,
        }),
      shards: () => Promise.resolve([]),
    },
    {
      load: (_dataset, _shards, { inputs }) => {
        loaded.push(inputs);
        async function* parts() {}
        return Promise.resolve({ inputs: new Map(), groundTruths: new Map(), parts });
      },
    },
    {
      metrics: () => Promise.reject(new Error('the data declare no metric')),
      losses: () => Promise.reject(new Error('the data declare no loss')),
    },
    {
      open: (request) => {
        requests.push(request);
        let trained = request.state?.[0] ?? 0;
        return {
          trainEpoch: ({ onBatch }) => {
            if (failure !== undefined) return Promise.reject(failure);
            trained++;
            onBatch(1, 1, 0.5);
            return Promise.resolve({ loss: 0.5, samples: 2 });
          },
          evaluate: () => Promise.resolve({ evaluations: [evaluation], splits: [] }),
          weights: () => Uint8Array.of(10 + trained),
          state: () => Uint8Array.of(trained),
          close: () => Promise.resolve(void log.push('closed')),
        };
      },
    },
    {
      epochCompleted: (_run, { epoch }) => Promise.resolve(void log.push(`announced ${epoch}`)),
    },
  );
});

async function insert(over: Partial<Run> = {}, version: Partial<ModelVersion> = {}): Promise<string> {
  const run = newRun({ settings: { ...settings, ...over.settings } });
  await runs.insert(run);
  runs.change(run.id, over);
  await versions.insert({
    id: run.modelVersionId,
    modelId: 'model',
    projectId: 'project',
    origin: 'created',
    runId: '',
    epoch: 0,
    seed: 7,
    topology: toRef('topology'),
    weights: undefined,
    imported: undefined,
    createTime: new Date(0),
    ...version,
  } as Omit<ModelVersion, 'number'>);
  return run.id;
}

const messages: string[] = [];
const execute = (id: string): Promise<number> =>
  executor.execute(TEAM, id, {
    signal: new AbortController().signal,
    progress: (_done, _total, _unit, message) => void messages.push(message ?? ''),
    commit: async (work: () => Promise<void>) => {
      log.push('commit');
      await work();
    },
  } as Parameters<RunExecutor['execute']>[2]);

describe('a run', () => {
  it('makes every epoch durable by itself, with its model version and its announcement', async () => {
    const id = await insert();
    expect(await execute(id)).toBe(3);
    expect(log).toEqual([
      ...[1, 2, 3].flatMap((epoch) => ['commit', `epoch ${epoch}`, `announced ${epoch}`]),
      'closed',
    ]);
    const trained = versions.all().filter(({ runId }) => runId === id);
    expect(trained.map(({ epoch, origin, number }) => [epoch, origin, number])).toEqual([
      [1, 'trained', 2],
      [2, 'trained', 3],
      [3, 'trained', 4],
    ]);
    expect(trained.map(({ id: version }) => version)).toEqual(epochs.map((epoch) => epoch.modelVersionId));
    expect([...(await store.read(epochs[1]!.weights))]).toEqual([12]);
    expect([...(await store.read(epochs[1]!.optimizerState!))]).toEqual([2]);
  });

  it('starts from the seed of its model version, with all inputs in memory', async () => {
    await execute(await insert());
    expect(requests[0]).toMatchObject({ initialSeed: 7, weights: undefined, state: undefined });
    expect(requests[0]!.inputs).toMatchObject([{ model: { name: 'x' }, data: { name: 'x' } }]);
    expect(requests[0]!.targets).toMatchObject([{ model: { name: 'y' }, data: { name: 'y' } }]);
    expect(loaded).toEqual(['resident']);
  });

  it('continues after its last durable epoch, from the state of the optimizer', async () => {
    const owner = { teamId: 'team', projectId: 'project', runId: 'run', epoch: 2 };
    const optimizerState = await store.saveState(owner, Uint8Array.of(2));
    const id = await insert({ epochsDone: 2, lastEpoch: { optimizerState } as Epoch });
    await execute(id);
    expect([...requests[0]!.state!]).toEqual([2]);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([3]);
    expect([...(await store.read(epochs[0]!.weights))]).toEqual([13]);
  });

  it('opens nothing once all its epochs are durable', async () => {
    expect(await execute(await insert({ epochsDone: 3 }))).toBe(3);
    expect(requests).toEqual([]);
  });

  it('reports epoch, phase and loss', async () => {
    messages.length = 0;
    await execute(await insert({ settings: { ...settings, epochs: 1 } }));
    expect(messages).toEqual([
      'epoch 1 of 1: training, loss 0.5000',
      'epoch 1 of 1: saving, loss 0.5000',
      'epoch 1 of 1: saving, loss 0.5000',
    ]);
  });

  it('of an evaluation trains nothing and makes no model version', async () => {
    const stored = await store.saveWeights(
      { teamId: 'team', projectId: 'project', runId: 'run', epoch: 1 },
      Uint8Array.of(9),
    );
    const id = await insert({ settings: { ...settings, kind: 'evaluate', epochs: 1 } }, { weights: stored });
    await execute(id);
    expect(versions.all()).toHaveLength(1);
    expect(epochs[0]).toMatchObject({ weights: stored, optimizerState: undefined, samplesPerSecond: 0 });
    expect(loaded).toEqual(['in parts']);
  });

  it.each([
    ['loss', { loss: Float32Array.of(0.5, NaN) }, /row 1|sample 1/],
    ['prediction', { outputs: Float32Array.of(1, Infinity) }, /Infinity/],
  ])('is refused for a %s that is not finite, before anything is durable', async (_of, over, message) => {
    evaluation = createEvaluation(over);
    await expect(execute(await insert())).rejects.toThrow(message);
    expect(log).toEqual(['closed']);
  });

  it('takes a loss of a row without ground truth as absent', async () => {
    evaluation = createEvaluation({ loss: Float32Array.of(0.5, NaN), hasLoss: Uint8Array.of(1, 0) });
    expect(await execute(await insert())).toBe(3);
  });

  it('closes its session when the training fails', async () => {
    failure = new Error('batch 3');
    await expect(execute(await insert())).rejects.toThrow('batch 3');
    expect(log).toEqual(['closed']);
  });

  it('does not exist once it was deleted', async () => {
    await expect(execute('deleted')).rejects.toMatchObject({ kind: 'not-found' });
  });
});
