import { DomainError, uuidv7 } from '@noema/kernel';
import type { DatasetVersionInfo } from '@noema/population';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  INFO,
  memoryModels,
  memoryRuns,
  memoryTopologies,
  memoryVersions,
  newRun,
  projectsWith,
  TEAM,
  toRef,
} from '../../test/memory.js';
import type { ModelInfo } from '../model/model.js';
import type { OutputInfo } from './objective.js';
import { RunPlanner, type RunRequest } from './run.planner.js';

const [projectId, otherProjectId, modelId] = [uuidv7(), uuidv7(), uuidv7()];
const [versionId, foreignVersionId] = [uuidv7(), uuidv7()];
const READY: DatasetVersionInfo = {
  id: 'data',
  projectId,
  isReady: true,
  sampleCount: 3,
  shardSize: 3,
  splits: [
    { split: 'training', firstRow: 0, count: 2 },
    { split: 'validation', firstRow: 2, count: 1 },
  ],
  inputs: [{ name: 'x', dims: [4] }],
  groundTruths: [{ name: 'label', dims: [2] }],
  classNames: ['no', 'yes'],
  samples: toRef('samples'),
};
const OUTPUTS: OutputInfo[] = [{ name: 'y', dims: [2], nonLinearity: 'softmax', isExact: true }];

let info: ModelInfo;
let dataset: DatasetVersionInfo;
let models: ReturnType<typeof memoryModels>;
let trainedOn: DatasetVersionInfo | undefined;
let runs: ReturnType<typeof memoryRuns>;
let versions: ReturnType<typeof memoryVersions>;
let planner: RunPlanner;

beforeEach(() => {
  info = INFO;
  dataset = READY;
  models = memoryModels();
  models.add({
    ...INFO,
    id: modelId,
    projectId,
    displayName: 'net',
    format: 'layers-json',
    digest: '',
    latestVersionId: versionId,
    createTime: new Date(0),
    layers: ['dense'],
  });
  versions = memoryVersions();
  runs = memoryRuns();
  trainedOn = undefined;
  for (const [id, project] of [
    [versionId, projectId],
    [foreignVersionId, otherProjectId],
  ] as const)
    versions.add({
      id,
      modelId,
      projectId: project,
      number: 1,
      origin: 'initialized',
      runId: '',
      epoch: 0,
      seed: 0,
      topology: toRef('topology'),
      weights: undefined,
      imported: undefined,
      createTime: new Date(0),
    });
  planner = new RunPlanner(
    memoryWork,
    models,
    versions,
    memoryTopologies(),
    {
      inspect: () => Promise.resolve(info),
      inspectOutputs: () => Promise.resolve(OUTPUTS),
      plan: () => Promise.resolve([{ name: 'y', dims: [2] }]),
    },
    projectsWith(projectId),
    {
      version: (_team, id) =>
        id !== 'before'
          ? Promise.resolve(dataset)
          : trainedOn === undefined
            ? Promise.reject(new DomainError('not-found', 'DATASET_VERSION_NOT_FOUND', 'deleted'))
            : Promise.resolve(trainedOn),
    },
    { trainerWorkers: 3 },
    runs,
  );
});

const plan = ({ settings = { epochs: 2 }, ...changes }: Partial<RunRequest> = {}) =>
  planner.plan(TEAM, {
    projectId,
    displayName: '',
    datasetVersionId: 'data',
    modelVersionId: versionId,
    settings,
    ...changes,
  });

describe('a planned run', () => {
  it('has task, loss and metrics of model and data, and the workers of the service', async () => {
    expect((await plan()).settings).toMatchObject({
      kind: 'train',
      workers: 3,
      loss: { name: 'categorical_crossentropy' },
      metrics: [{ name: 'accuracy' }],
      objectives: [{ output: 'y', task: 'multi-class' }],
    });
  });

  it('has the full name of the loss that is requested', async () => {
    const { settings } = await plan({ settings: { epochs: 1, loss: { name: 'mse', config: {} } } });
    expect(settings.loss?.name).toBe('mean_squared_error');
  });

  it('follows the layers of its model unless it names others', async () => {
    expect((await plan()).settings.layers).toEqual(['dense']);
    info = { ...INFO, layers: [...INFO.layers, { ...INFO.layers[0]!, name: 'other' }] };
    expect((await plan({ settings: { epochs: 1, layers: ['oth*'] } })).settings.layers).toEqual(['other']);
  });

  it('evaluates data without a sample to train on, and a model without parameters', async () => {
    dataset = { ...READY, splits: [{ split: 'test', firstRow: 0, count: 3 }] };
    info = { ...INFO, parameterCount: 0 };
    expect((await plan({ settings: { kind: 'evaluate' } })).settings.epochs).toBe(1);
  });
});

it('a version that was trained on other tokens is refused, and not where its data are deleted', async () => {
  const withTokens = (id: string, tokenDigest: string): DatasetVersionInfo => ({
    ...READY,
    id,
    inputs: [{ name: 'x', dims: [4], vocabulary: { kind: 'words', size: 9, tokenDigest, textDigest: 't' } }],
  });
  dataset = withTokens('data', 'aa');
  const run = newRun({ id: uuidv7(), projectId, datasetVersionId: 'before' });
  await runs.insert(run);
  const modelVersionId = uuidv7();
  const version = await versions.find(versionId);
  versions.add({ ...version!, id: modelVersionId, origin: 'trained', runId: run.id });
  trainedOn = withTokens('before', 'bb');
  await expect(plan({ modelVersionId })).rejects.toThrow(
    'takes 9 ids of words (bb), the data have 9 ids of words (aa)',
  );
  trainedOn = withTokens('before', 'aa');
  await expect(plan({ modelVersionId })).resolves.toMatchObject({ modelVersionId });
  trainedOn = undefined;
  await expect(plan({ modelVersionId })).resolves.toMatchObject({ modelVersionId });
});

describe('what cannot run is refused before it is queued:', () => {
  it.each<[string, Partial<RunRequest>]>([
    ['RUN_SETTING_INVALID', { settings: { epochs: 0 } }],
    ['LOSS_UNKNOWN', { settings: { epochs: 1, loss: { name: 'l0', config: {} } } }],
    ['LAYER_UNKNOWN', { settings: { epochs: 1, layers: ['conv'] } }],
    ['DISPLAY_NAME_INVALID', { displayName: 'a\nb' }],
    ['PROJECT_NOT_FOUND', { projectId: otherProjectId }],
    ['MODEL_VERSION_NOT_FOUND', { modelVersionId: uuidv7() }],
    ['MODEL_VERSION_NOT_FOUND', { modelVersionId: 'no id' }],
    ['MODEL_VERSION_NOT_FOUND', { modelVersionId: foreignVersionId }],
  ])('%s for %j', async (reason, changes) => {
    await expect(plan(changes)).rejects.toMatchObject({ reason });
  });

  it.each<[string, Partial<DatasetVersionInfo>]>([
    ['DATASET_VERSION_NOT_FOUND', { projectId: otherProjectId }],
    ['DATASET_VERSION_NOT_READY', { isReady: false }],
    ['MODEL_DATASET_MISFIT', { inputs: [{ name: 'x', dims: [5] }] }],
    ['MODEL_DATASET_MISFIT', { classNames: ['a', 'b', 'c'] }],
    ['SPLIT_EMPTY', { splits: [{ split: 'validation', firstRow: 0, count: 3 }] }],
  ])('%s for data with %j', async (reason, changes) => {
    dataset = { ...READY, ...changes };
    await expect(plan()).rejects.toMatchObject({ reason });
  });

  it('MODEL_WITHOUT_PARAMETERS for a model with nothing to learn', async () => {
    info = { ...INFO, parameterCount: 0 };
    await expect(plan()).rejects.toMatchObject({ reason: 'MODEL_WITHOUT_PARAMETERS' });
  });
});
