import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRevised } from '../../test/memory-revised.js';
import type { Dashboard } from './dashboard.js';
import { DashboardService } from './dashboard.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const projectId = uuidv7();
const query = { pageSize: 0, pageToken: '', filter: '', orderBy: '' };
const document = 'version: 1\ncharts:\n  - { mark: bar, x: truth, y: mean(loss) }\n';

let service: DashboardService;
beforeEach(() => {
  service = new DashboardService(memoryWork, memoryRevised<Dashboard>(), {
    mustExist: (_team, id) =>
      id === projectId ? Promise.resolve() : Promise.reject(new Error('no such project')),
  });
});

const create = (over = {}) =>
  service.create(ann, { projectId, displayName: 'first', document, draft: false, ...over });

describe('a dashboard', () => {
  it('is stored under a name without surrounding spaces, and listed', async () => {
    const { id } = await create({ displayName: ' first ' });
    expect(await service.get(ann.teamId, id)).toMatchObject({
      ...{ projectId, displayName: 'first', document, createdBy: 'ann', draft: false },
    });
    expect((await service.list(ann.teamId, projectId, query)).items).toHaveLength(1);
    expect((await service.list(ann.teamId, 'x', query)).items).toEqual([]);
  });

  it.each([
    ['DISPLAY_NAME_INVALID', { displayName: '' }, /display_name/],
    ['DOCUMENT_MISSING', { document: ' \n' }, /version: 1/],
    ['DOCUMENT_TOO_LONG', { document: `version: 1 #${'x'.repeat(65_536)}` }, /65536/],
    ['YAML_INVALID', { document: 'version: [' }, /line 1/],
    ['EVALUATION_DOCUMENT_INVALID', { document: 'version: 2' }, /version: it is 2/],
    [
      'EVALUATION_DOCUMENT_INVALID',
      { document: 'version: 1\ncharts: [{ mark: pie, x: truth }]' },
      /charts\[0\]\.mark: it is "pie"/,
    ],
  ])('is refused with %s', async (reason, over, message) => {
    await expect(create(over)).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
  });

  it('is refused in a project that the team does not have', async () => {
    await expect(create({ projectId: uuidv7() })).rejects.toThrow('no such project');
  });

  it('changes only what a request names', async () => {
    const { id } = await create();
    const renamed = await service.update(ann.teamId, id, { displayName: ' second ', etag: '' });
    expect(renamed).toMatchObject({ displayName: 'second', document, revision: 2 });
    await expect(service.update(ann.teamId, id, { document: 'x', etag: '' })).rejects.toMatchObject({
      reason: 'EVALUATION_DOCUMENT_INVALID',
    });
    expect(await service.get(ann.teamId, id)).toMatchObject({ document, revision: 2 });
  });

  it('does not change if it has changed since the client read it', async () => {
    const { id } = await create();
    await service.update(ann.teamId, id, { displayName: 'second', etag: 'r1' });
    await expect(service.update(ann.teamId, id, { displayName: 'third', etag: 'r1' })).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'RESOURCE_CHANGED',
    });
    expect(await service.get(ann.teamId, id)).toMatchObject({ displayName: 'second' });
  });

  it('of an agent is a draft until it is accepted, and never again', async () => {
    const { id, draft } = await create({ draft: true });
    expect(draft).toBe(true);
    expect(await service.update(ann.teamId, id, { draft: false, etag: '' })).toMatchObject({ draft: false });
    await expect(service.update(ann.teamId, id, { draft: true, etag: '' })).rejects.toMatchObject({
      reason: 'DRAFT_AGAIN',
    });
  });

  it('does not exist once it is deleted', async () => {
    const { id } = await create();
    await service.delete(ann.teamId, id);
    for (const missing of [id, 'no id']) {
      await expect(service.get(ann.teamId, missing)).rejects.toMatchObject({ reason: 'DASHBOARD_NOT_FOUND' });
      await expect(service.update(ann.teamId, missing, { etag: '' })).rejects.toMatchObject({
        reason: 'DASHBOARD_NOT_FOUND',
      });
    }
    await expect(service.delete(ann.teamId, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
