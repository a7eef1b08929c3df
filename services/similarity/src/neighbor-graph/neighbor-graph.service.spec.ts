import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { expect, it } from 'vitest';
import { activationSet, memoryGraphs } from '../../test/memory.js';
import { NeighborGraphService } from './neighbor-graph.service.js';

const graphs = memoryGraphs();
const service = new NeighborGraphService(memoryWork, graphs);
const set = activationSet(100);

it('returns and lists stored graphs', async () => {
  const id = uuidv7();
  await graphs.insert({ id, set, k: 24, method: 'exact', jobId: 'job' });
  expect(await service.get(set.teamId, id)).toMatchObject({ id, k: 24, state: 'queued' });
  const where = { projectId: set.projectId, activationSetId: '' };
  const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
  expect((await service.list(set.teamId, where, query)).items).toHaveLength(1);
});

it.each([uuidv7(), 'no id'])('no graph has the id %s', async (id) => {
  await expect(service.get(set.teamId, id)).rejects.toMatchObject({ reason: 'NEIGHBOR_GRAPH_NOT_FOUND' });
});
