import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import type { DatasetVersionInfo } from '@noema/population';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { INFO, memoryModels, memoryTopologies, memoryVersions, TEAM, toRef } from '../../test/memory.js';
import type { Model, ModelInfo, ModelVersion } from '../model/model.js';
import type { AdaptationRequest, AdaptedModel } from './model-adaptation.js';
import { ModelAdaptationService } from './model-adaptation.service.js';

const [projectId, modelId] = [uuidv7(), uuidv7()];
const TOPOLOGY = { modelTopology: 'net' };
const MODEL: Model = {
  ...INFO,
  id: modelId,
  projectId,
  displayName: 'net',
  format: 'keras',
  digest: 'before',
  latestVersionId: '',
  createTime: new Date(0),
  layers: ['dense', 'old'],
};
const READY: DatasetVersionInfo = {
  id: 'data',
  projectId,
  isReady: true,
  sampleCount: 1,
  shardSize: 1,
  splits: [],
  inputs: [],
  groundTruths: [{ name: 'label', dims: [3] }],
  classNames: ['a', 'b', 'c'],
  samples: toRef('samples'),
};

let dataset: DatasetVersionInfo;
let adapted: AdaptedModel;
let adaptations: unknown[];
let weights: Uint8Array[];
let models: ReturnType<typeof memoryModels>;
let versions: ReturnType<typeof memoryVersions>;
let topologies: ReturnType<typeof memoryTopologies>;
let source: ModelVersion;
let service: ModelAdaptationService;

beforeEach(async () => {
  dataset = READY;
  const info: ModelInfo = {
    ...INFO,
    parameterCount: 15,
    outputs: [{ name: 'y', dims: [3], classNames: ['a', 'b', 'c'] }],
    heads: ['head'],
  };
  adapted = {
    info,
    digest: 'after',
    artifact: Buffer.from('{"modelTopology":"net","adaptations":[1]}'),
    kept: [[2, 4]],
    added: Buffer.from([9]),
  };
  [adaptations, weights] = [[], []];
  [models, versions, topologies] = [memoryModels(), memoryVersions(), memoryTopologies()];
  models.add(MODEL);
  source = {
    id: uuidv7(),
    modelId,
    projectId,
    number: 1,
    origin: 'trained',
    runId: 'run',
    epoch: 4,
    seed: 7,
    topology: await topologies.save({}, TOPOLOGY),
    weights: toRef('weights'),
    imported: undefined,
    createTime: new Date(0),
  };
  versions.add(source);
  service = new ModelAdaptationService(
    memoryWork,
    models,
    versions,
    {
      inspect: () => Promise.resolve(INFO),
      adapt: (artifact, change) => {
        adaptations.push([JSON.parse(Buffer.from(artifact).toString()), change]);
        return Promise.resolve(adapted);
      },
    },
    topologies,
    {
      async *read([ref]: readonly ArtifactRef[]) {
        yield await Promise.resolve(
          ref?.uri === 'weights' ? Buffer.from([0, 1, 2, 3, 4, 5]) : Buffer.alloc(0),
        );
      },
      saveWeights: async (_owner, chunks) => {
        const read: Uint8Array[] = [];
        for await (const chunk of chunks as AsyncIterable<Uint8Array>) read.push(chunk);
        weights.push(Buffer.concat(read));
        return toRef('adapted weights');
      },
    },
    { version: () => Promise.resolve(dataset) },
  );
});

const prepare = (changes: Partial<AdaptationRequest> = {}) =>
  service.prepare(TEAM, {
    modelVersionId: source.id,
    datasetVersionId: 'data',
    displayName: ' net for cats ',
    kind: undefined,
    output: '',
    afterLayer: '',
    activation: undefined,
    seed: 3,
    classes: [],
    ...changes,
  });
const create = async (changes: Partial<AdaptationRequest> = {}) => {
  const { modelId: id, versionId } = await service.create(TEAM, await prepare(changes));
  return { model: (await models.find(id))!, version: (await versions.find(versionId))! };
};

describe('an adapted model', () => {
  it('is what the compiler makes of the stored topology, for the classes of the data', async () => {
    const { model, version } = await create();
    const head = { kind: 'head', output: 'y', units: 3, activation: 'softmax', classNames: ['a', 'b', 'c'] };
    expect(adaptations).toEqual([[TOPOLOGY, { adaptation: head, seed: 3 }]]);
    expect(model).toMatchObject({
      projectId,
      displayName: 'net for cats',
      digest: 'after',
      parameterCount: 15,
      outputs: adapted.info.outputs,
    });
    expect(await topologies.read(version.topology)).toEqual({ ...TOPOLOGY, adaptations: [1] });
  });

  it('has the format of the model before, and follows the layers that it still has', async () => {
    expect((await create()).model).toMatchObject({ format: 'keras', layers: ['dense'] });
  });

  it('has a first version of its own, with the weights that stay and the new ones behind them', async () => {
    const { model, version } = await create();
    expect(version).toMatchObject({
      modelId: model.id,
      origin: 'adapted',
      runId: '',
      epoch: 0,
      seed: 3,
      weights: { uri: 'adapted weights' },
    });
    expect(weights.map((bytes) => [...bytes])).toEqual([[2, 3, 9]]);
    expect(models.all()[0]).toEqual(MODEL);
  });

  it('keeps the seed of a version without weights, whose weights a run draws', async () => {
    versions.change(source.id, { weights: undefined });
    expect((await create()).version).toMatchObject({ seed: 7, weights: undefined });
    expect(weights).toEqual([]);
  });
});

describe('an adaptation is refused', () => {
  it.each<[string, Partial<AdaptationRequest>]>([
    ['DISPLAY_NAME_INVALID', { displayName: ' ' }],
    ['MODEL_VERSION_NOT_FOUND', { modelVersionId: uuidv7() }],
    ['MODEL_VERSION_NOT_FOUND', { modelVersionId: 'no id' }],
    ['MODEL_ADAPTATION_INVALID', { output: 'z' }],
    ['MODEL_ADAPTATION_INVALID', { kind: 'order' }],
  ])('with %s for %j, before it is compiled', async (reason, changes) => {
    await expect(prepare(changes)).rejects.toMatchObject({ reason });
    expect(adaptations).toEqual([]);
  });

  it.each<[string, Partial<DatasetVersionInfo>]>([
    ['DATASET_VERSION_NOT_FOUND', { projectId: uuidv7() }],
    ['DATASET_VERSION_NOT_READY', { isReady: false }],
  ])('with %s for data with %j', async (reason, changes) => {
    dataset = { ...READY, ...changes };
    await expect(prepare()).rejects.toMatchObject({ reason });
    expect(adaptations).toEqual([]);
  });

  it('when no worker could hold the adapted model', async () => {
    adapted = { ...adapted, info: { ...adapted.info, parameterCount: 2 ** 28 + 1 } };
    await expect(prepare()).rejects.toMatchObject({ reason: 'MODEL_TOO_LARGE' });
  });
});
