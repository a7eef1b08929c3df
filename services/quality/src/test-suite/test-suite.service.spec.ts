import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRevised } from '../../test/memory-revised.js';
import type { TestSuite } from './test-suite.js';
import { TestSuiteService } from './test-suite.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const projectId = uuidv7();
const documentWith = (...names: string[]): string =>
  `version: 1\ntests:\n${names.map((name) => `  - { name: ${name}, expect: mean(correct) >= 0.9 }\n`).join('')}`;

let service: TestSuiteService;
beforeEach(() => {
  service = new TestSuiteService(memoryWork, memoryRevised<TestSuite>(), {
    mustExist: (_team, id) =>
      id === projectId ? Promise.resolve() : Promise.reject(new Error('no such project')),
  });
});

const create = (over: Partial<TestSuite> = {}) =>
  service.create(ann, {
    ...{ projectId, displayName: 'nightly', document: documentWith('b', 'a'), draft: false },
    ...{ runForNewVersions: false, baselineRule: 'none', baselineRunId: '' },
    ...over,
  });

describe('a suite of tests', () => {
  it('has the names of its tests in the order of the document', async () => {
    const { id } = await create();
    expect(await service.get(ann.teamId, id)).toMatchObject({ testNames: ['b', 'a'], createdBy: 'ann' });
    const changed = await service.update(ann.teamId, id, { document: documentWith('c'), etag: 'r1' });
    expect(changed).toMatchObject({ testNames: ['c'], displayName: 'nightly', revision: 2 });
  });

  it.each<[string, Partial<TestSuite>]>([
    ['DISPLAY_NAME_INVALID', { displayName: ' ' }],
    ['NEW_VERSIONS_UNSUPPORTED', { runForNewVersions: true }],
    ['BASELINE_UNSUPPORTED', { baselineRule: 'previous-run' }],
    ['BASELINE_UNSUPPORTED', { baselineRunId: uuidv7() }],
    ['EVALUATION_DOCUMENT_INVALID', { document: 'version: 2' }],
  ])('is refused with %s, when it is created and when it is changed', async (reason, over) => {
    await expect(create(over)).rejects.toMatchObject({ reason });
    const { id } = await create();
    await expect(service.update(ann.teamId, id, { ...over, etag: '' })).rejects.toMatchObject({ reason });
    expect(await service.get(ann.teamId, id)).toMatchObject({ revision: 1 });
  });

  it('does not exist for a project that the team does not have, or once it is deleted', async () => {
    await expect(create({ projectId: uuidv7() })).rejects.toThrow('no such project');
    const { id } = await create();
    await service.delete(ann.teamId, id);
    await expect(service.get(ann.teamId, id)).rejects.toMatchObject({ reason: 'TEST_SUITE_NOT_FOUND' });
  });
});
