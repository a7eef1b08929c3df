import { uuidv7 } from '@noema/kernel';
import { beforeEach, describe, expect, it } from 'vitest';
import { memorySpaces } from '../../test/memory.js';
import type { PerceptionSpaceService } from './perception-space.service.js';

const TEAM = 'team';
const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
const projectId = uuidv7();

let service: PerceptionSpaceService;
beforeEach(() => {
  ({ service } = memorySpaces([projectId]));
});

const create = (over: Partial<Parameters<PerceptionSpaceService['create']>[1]> = {}) =>
  service.create(TEAM, {
    projectId,
    name: 'late',
    layerWeights: [{ layer: 'dense', weight: 2 }],
    maxDimensions: 0,
    ...over,
  });
const listNames = async () => (await service.list(TEAM, projectId, query)).items.map(({ name }) => name);

describe('a custom space', () => {
  it('is stored next to the built-in ones, with 64 dimensions by default', async () => {
    expect(await create()).toMatchObject({ name: 'late', builtIn: false, maxDimensions: 64 });
    expect(await listNames()).toEqual(['all', 'appearance', 'concept', 'late']);
  });

  it.each([
    ['without a layer', { layerWeights: [] }, 'layer_weights'],
    ['that weighs every layer with 0', { layerWeights: [{ layer: 'a', weight: 0 }] }, 'layer_weights'],
    ['with a negative weight', { layerWeights: [{ layer: 'a', weight: -1 }] }, 'layer_weights'],
    [
      'that names a layer twice',
      {
        layerWeights: [
          { layer: 'a', weight: 1 },
          { layer: 'a', weight: 2 },
        ],
      },
      'layer_weights',
    ],
    ['without a name', { name: '' }, 'name'],
    ['of more than 512 dimensions', { maxDimensions: 513 }, 'max_dimensions'],
    ['of a project that is no id', { projectId: 'x' }, 'project_id'],
  ])('%s is refused', async (_name, over, field) => {
    await expect(create(over)).rejects.toMatchObject({
      reason: 'PERCEPTION_SPACE_INVALID',
      violations: [{ field }],
    });
  });

  it('is not created in a project that the team does not have', async () => {
    await expect(create({ projectId: uuidv7() })).rejects.toThrow('no such project');
  });
});

describe('a space', () => {
  it('is found by id and by name, in its own project alone', async () => {
    const { id } = await create();
    expect((await service.resolve(TEAM, projectId, 'late')).id).toBe(id);
    expect((await service.resolve(TEAM, projectId, id)).id).toBe(id);
    await expect(service.resolve(TEAM, uuidv7(), id)).rejects.toMatchObject({
      reason: 'PERCEPTION_SPACE_NOT_FOUND',
    });
  });

  it('exists for every layer that a model brings along', async () => {
    await service.ensureBuiltIn(projectId, ['conv']);
    expect(await listNames()).toEqual(['all', 'appearance', 'concept', 'layer/conv']);
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    await expect(service.get(TEAM, id)).rejects.toMatchObject({ reason: 'PERCEPTION_SPACE_NOT_FOUND' });
  });
});
