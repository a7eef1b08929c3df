import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryRevised } from '../../test/memory-revised.js';
import type { NewIssueComment } from '../issue-comment/issue-comment.js';
import type { Issue } from './issue.js';
import { IssueService } from './issue.service.js';

const ann = { teamId: 'team', subject: 'ann' };
const projectId = uuidv7();
const LABELED = new Date(1000);
const missing = (what: string): Promise<never> =>
  Promise.reject(new DomainError('not-found', 'MISSING', `${what} does not exist`));

let service: IssueService;
let comments: NewIssueComment[];
let members: Set<string>;
let tests: Set<string>;
beforeEach(() => {
  [comments, members, tests] = [[], new Set(['ben']), new Set(['dim'])];
  service = new IssueService(
    memoryWork,
    {
      ...memoryRevised<Issue>(),
      lockClosing: () => Promise.resolve([]),
      listLabels: () => Promise.resolve([]),
    },
    {
      insert(comment) {
        comments.push(comment);
        return Promise.resolve({ ...comment, createTime: new Date(0), updateTime: new Date(0) });
      },
    },
    {
      find: () => Promise.resolve(LABELED),
      checkClosingTest: (_team, _project, test) =>
        test === undefined || tests.has(test.testName) ? Promise.resolve() : missing('the test'),
    },
    {
      membersMustExist: (_team, ids) =>
        ids.every((id) => members.has(id)) ? Promise.resolve() : missing('the member'),
    },
    { mustExist: (_team, id) => (id === projectId ? Promise.resolve() : missing('the project')) },
  );
});

const closingTest = { testSuiteId: uuidv7(), testName: 'dim' };
const create = (over = {}) =>
  service.create(ann, {
    ...{ projectId, displayName: ' sevens ', text: '', assigneeId: 'ben', subject: undefined },
    ...{ closingTest, labels: [], draft: false },
    ...over,
  });

describe('an issue', () => {
  it('is open, and counts versions from its subject', async () => {
    expect(await create()).toMatchObject({
      ...{ displayName: 'sevens', state: 'open', createdBy: 'ann', versionTime: LABELED },
    });
  });

  it.each([
    ['MISSING', { projectId: uuidv7() }],
    ['MISSING', { assigneeId: 'zoe' }],
    ['MISSING', { closingTest: { ...closingTest, testName: 'other' } }],
    ['TEXT_TOO_LONG', { text: 'x'.repeat(10_001) }],
    ['LABEL_INVALID', { labels: [' '] }],
    ['LABEL_INVALID', { labels: ['x'.repeat(41)] }],
    ['LABEL_INVALID', { labels: ['a\u001b[2J'] }],
    ['LABELS_TOO_MANY', { labels: Array.from({ length: 21 }, (_, i) => `${i}`) }],
    ['DISPLAY_NAME_INVALID', { displayName: '' }],
  ])('is refused with %s', async (reason, over) => {
    await expect(create(over)).rejects.toMatchObject({ reason });
  });

  it('has sorted labels without duplicates, and keeps them unless they change', async () => {
    const { id, labels } = await create({ labels: ['ink', ' data ', 'ink'] });
    expect(labels).toEqual(['data', 'ink']);
    expect(await service.update(ann, id, { text: 'x', closingTest, etag: '' })).toMatchObject({ labels });
    expect(await service.update(ann, id, { labels: [], closingTest, etag: '' })).toMatchObject({
      labels: [],
    });
    await expect(service.update(ann, id, { labels: [''], closingTest, etag: '' })).rejects.toMatchObject({
      reason: 'LABEL_INVALID',
    });
  });

  it('records in comments that it was closed and opened again, and then waits for a newer version', async () => {
    const { id } = await create();
    await service.update(ann, id, { state: 'closed', closingTest, etag: '' });
    expect(await service.get(ann.teamId, id)).toMatchObject({ versionTime: LABELED });
    const reopened = await service.update(ann, id, { state: 'open', closingTest, etag: '' });
    expect(reopened.versionTime.getTime()).toBeGreaterThan(LABELED.getTime());
    await service.update(ann, id, { text: 'still open', closingTest, etag: '' });
    expect(comments.map(({ kind, issueId, createdBy }) => [kind, issueId, createdBy])).toEqual([
      ['closed', id, 'ann'],
      ['reopened', id, 'ann'],
    ]);
  });

  it('changes although its member has left and its test was removed, unless others are named', async () => {
    const { id } = await create();
    members.clear();
    tests.clear();
    const kept = await service.update(ann, id, { text: 'x', assigneeId: 'ben', closingTest, etag: '' });
    expect(kept).toMatchObject({ text: 'x', assigneeId: 'ben', closingTest });
    await expect(service.update(ann, id, { assigneeId: 'zoe', closingTest, etag: '' })).rejects.toMatchObject(
      { reason: 'MISSING' },
    );
    await expect(
      service.update(ann, id, { closingTest: { ...closingTest, testName: 'other' }, etag: '' }),
    ).rejects.toMatchObject({ reason: 'MISSING' });
  });
});
