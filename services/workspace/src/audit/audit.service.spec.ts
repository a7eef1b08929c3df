import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { expect, it } from 'vitest';
import { memoryAudit, query, TEAM } from '../../test/memory-workspace.js';
import type { AuditEntry } from './audit.js';
import { AuditService } from './audit.service.js';

const entry: AuditEntry = {
  id: uuidv7(),
  subject: 'ann',
  action: 'noema.training.v1.RunService/CreateRun',
  resource: 'run/1',
  details: {},
  createTime: new Date(0),
};

it('works in a transaction of the team, and takes an entry of another service once', async () => {
  const teams: string[] = [];
  const service = new AuditService(
    {
      run: (teamId, work) => {
        teams.push(teamId);
        return memoryWork.run(teamId, work);
      },
    },
    memoryAudit(),
  );
  for (const each of [entry, entry]) await service.append(TEAM, each);
  expect((await service.list({ teamId: TEAM, subject: 'ann' }, query)).items).toEqual([entry]);
  expect(teams).toEqual([TEAM, TEAM, TEAM]);
});
