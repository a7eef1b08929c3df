import { DomainError } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChosenSettings } from './insight-settings.js';
import { InsightSettingsService } from './insight-settings.service.js';

let chosen: Map<string, ChosenSettings>;
beforeEach(() => {
  chosen = new Map();
});

const make = (searchAfterRuns: boolean): InsightSettingsService =>
  new InsightSettingsService(
    memoryWork,
    {
      find: (projectId) => Promise.resolve(chosen.get(projectId) ?? {}),
      save: (projectId, change) =>
        Promise.resolve(void chosen.set(projectId, { ...chosen.get(projectId), ...change })),
    },
    {
      mustExist: (_team, projectId) =>
        projectId === 'digits'
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'PROJECT_NOT_FOUND', 'there is no such project')),
    },
    { searchAfterRuns },
  );

describe('the settings of the searches of a project', () => {
  it.each([true, false])('come from the platform until a member chooses (%s)', async (platform) => {
    expect(await make(platform).get('team', 'digits')).toEqual({
      searchAfterRuns: platform,
      searchAfterEpochs: false,
    });
  });

  it('keep the choice of a member, also where it is the opposite of the platform', async () => {
    const service = make(true);
    expect(await service.update('team', 'digits', { searchAfterRuns: false })).toEqual({
      searchAfterRuns: false,
      searchAfterEpochs: false,
    });
    expect((await service.update('team', 'digits', { searchAfterEpochs: true })).searchAfterRuns).toBe(false);
    expect((await service.find('team', 'digits')).searchAfterRuns).toBe(false);
  });

  it('stay without a choice where a change names none', async () => {
    expect((await make(true).update('team', 'digits', {})).searchAfterRuns).toBe(true);
    expect(chosen.size).toBe(0);
  });

  it('are neither read nor changed for a project that does not exist', async () => {
    const service = make(true);
    await expect(service.get('team', 'other')).rejects.toMatchObject({ reason: 'PROJECT_NOT_FOUND' });
    await expect(service.update('team', 'other', { searchAfterRuns: false })).rejects.toMatchObject({
      reason: 'PROJECT_NOT_FOUND',
    });
    expect(chosen.size).toBe(0);
  });
});
