import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  memoryAudit,
  memoryProjects,
  memoryTeam,
  memoryTeams,
  query,
  TEAM,
} from '../../test/memory-workspace.js';
import { UNLIMITED } from '../team/team.js';
import { ProjectService } from './project.service.js';

const ann = { teamId: TEAM, subject: 'ann' };
const fields = { displayName: ' Ziffern ', description: 'all ten' };

let audit: ReturnType<typeof memoryAudit>;
let deleted: string[];
const serviceWith = (maxProjects = 0, teams = [memoryTeam({ quota: { ...UNLIMITED, maxProjects } })]) =>
  new ProjectService(memoryWork, memoryProjects(), memoryTeams(...teams), audit, {
    deleted: (projectId) => Promise.resolve(void deleted.push(projectId)),
  });

beforeEach(() => {
  [audit, deleted] = [memoryAudit(), []];
});

describe('creating a project', () => {
  it('notes who did it', async () => {
    const service = serviceWith();
    const project = await service.create(ann, fields);
    expect(project).toMatchObject({ displayName: 'Ziffern', description: 'all ten' });
    expect((await service.list(ann, query)).items).toEqual([project]);
    expect(audit.changes).toEqual(['ann CreateProject project']);
  });

  it('is refused above the quota, and without a team', async () => {
    const service = serviceWith(1);
    await service.create(ann, fields);
    await expect(service.create(ann, fields)).rejects.toMatchObject({ reason: 'PROJECT_QUOTA' });
    await expect(serviceWith(0, []).create(ann, fields)).rejects.toMatchObject({ reason: 'TEAM_NOT_FOUND' });
  });

  it('is refused with a description of more than 10,000 characters', async () => {
    const create = async () => serviceWith().create(ann, { ...fields, description: 'x'.repeat(10_001) });
    await expect(create()).rejects.toMatchObject({ reason: 'DESCRIPTION_TOO_LONG' });
  });
});

describe('a project', () => {
  it('changes only what a request names', async () => {
    const service = serviceWith();
    const { id } = await service.create(ann, fields);
    await service.update(ann, id, { displayName: 'Digits' });
    expect(await service.get(ann, id)).toMatchObject({ displayName: 'Digits', description: 'all ten' });
    expect(audit.details.at(-1)).toEqual({ display_name_before: 'Ziffern', display_name_after: 'Digits' });
  });

  it('is deleted, and announced as deleted', async () => {
    const service = serviceWith();
    const { id } = await service.create(ann, fields);
    await service.delete(ann, id);
    expect(deleted).toEqual([id]);
    await expect(service.get(ann, id)).rejects.toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    const notFound = { reason: 'PROJECT_NOT_FOUND' };
    await expect(serviceWith().get(ann, id)).rejects.toMatchObject(notFound);
    await expect(serviceWith().update(ann, id, {})).rejects.toMatchObject(notFound);
    await expect(serviceWith().delete(ann, id)).rejects.toMatchObject(notFound);
    expect(deleted).toEqual([]);
  });
});
