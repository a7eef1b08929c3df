import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  INFO,
  memoryModels,
  memoryTopologies,
  memoryVersions,
  projectsWith,
  QUERY,
  TEAM,
} from '../../test/memory.js';
import type { ModelInfo } from './model.js';
import { ModelService } from './model.service.js';

const projectId = uuidv7();
const topology = { name: 'net', layers: [1] };
const request = { projectId, displayName: ' net ', topology, seed: 7 };

let models: ReturnType<typeof memoryModels>;
let compiled: unknown[];
let info: ModelInfo;
let service: ModelService;

beforeEach(() => {
  models = memoryModels();
  compiled = [];
  info = INFO;
  const compile = (given: unknown) => {
    compiled.push(given);
    const { artifact, ...rest } = info;
    return Promise.resolve({ ...rest, digest: 'digest', artifact: Buffer.from(JSON.stringify(artifact)) });
  };
  const inspect = (given: Uint8Array) => {
    compiled.push(JSON.parse(Buffer.from(given).toString()));
    return Promise.resolve(info);
  };
  service = new ModelService(
    memoryWork,
    models,
    memoryVersions(),
    { compile, inspect },
    memoryTopologies(),
    projectsWith(projectId),
  );
});

const create = async (changes: object = {}) =>
  service.create(TEAM, await service.prepare(TEAM, { ...request, ...changes }));

describe('a new model', () => {
  it('has a first version with the seed of its weights', async () => {
    const { model, version } = await create();
    expect(model).toMatchObject({
      displayName: 'net',
      format: 'layers-json',
      parameterCount: 10,
      layers: [],
    });
    expect(version).toMatchObject({ modelId: model.id, number: 1, origin: 'initialized', seed: 7 });
    expect(version.weights).toBeUndefined();
  });

  it.each([
    ['MODEL_INVALID', { topology: undefined }],
    ['DISPLAY_NAME_INVALID', { displayName: ' ' }],
    ['PROJECT_NOT_FOUND', { projectId: uuidv7() }],
  ])('is refused with %s before it is compiled', async (reason, changes) => {
    await expect(create(changes)).rejects.toMatchObject({ reason });
    expect(compiled).toEqual([]);
  });

  it('is refused when no worker could hold its parameters', async () => {
    info = { ...INFO, parameterCount: 2 ** 28 + 1 };
    await expect(create()).rejects.toMatchObject({ reason: 'MODEL_TOO_LARGE' });
    expect(models.all()).toEqual([]);
  });
});

describe('a model that exists', () => {
  it('takes a new name, and keeps its name without one', async () => {
    const { model } = await create();
    expect((await service.update(TEAM, model.id, {})).displayName).toBe('net');
    expect((await service.update(TEAM, model.id, { displayName: ' better ' })).displayName).toBe('better');
  });

  it('is deleted unless a run refers to it', async () => {
    const { model } = await create();
    models.use(model.id);
    await expect(service.delete(TEAM, model.id)).rejects.toMatchObject({
      reason: 'MODEL_IN_USE',
      metadata: { runs: '1' },
    });
    const unused = await create({ displayName: 'unused' });
    await service.delete(TEAM, unused.model.id);
    expect((await service.list(TEAM, projectId, QUERY)).items).toEqual([model]);
  });

  it('reports the layers of its stored topology', async () => {
    const { version } = await create();
    expect((await service.layers(TEAM, version.id)).layers).toEqual(INFO.layers);
    expect(compiled).toEqual([topology, INFO.artifact]);
  });
});

it.each([uuidv7(), 'no id'])('finds neither a model nor a version %s', async (id) => {
  const calls = [
    service.get(TEAM, id),
    service.update(TEAM, id, { displayName: 'x' }),
    service.delete(TEAM, id),
    service.listVersions(TEAM, id, QUERY),
  ];
  for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'MODEL_NOT_FOUND' });
  await expect(service.layers(TEAM, id)).rejects.toMatchObject({ reason: 'MODEL_VERSION_NOT_FOUND' });
});
