import { DomainError, uuidv7 } from '@noema/kernel';
import { memoryTable, memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Issue } from '../issue/issue.js';
import type { IssueComment, IssueCommentFields } from './issue-comment.js';
import { IssueCommentService } from './issue-comment.service.js';

const ann = { teamId: 'team', subject: 'ann', role: 'editor' };
const issueId = uuidv7();
const at = new Date(0);

let service: IssueCommentService;
let members: Set<string>;
const table = memoryTable<IssueComment>();
beforeEach(() => {
  members = new Set(['ben']);
  service = new IssueCommentService(
    memoryWork,
    {
      ...table,
      insert(comment) {
        const stored = { ...comment, createTime: at, updateTime: at };
        table.add(stored);
        return Promise.resolve(stored);
      },
      update: (id, fields, updateTime) => Promise.resolve(table.change(id, { ...fields, updateTime })),
    },
    { find: (id) => Promise.resolve(id === issueId ? ({ id, projectId: 'p' } as Issue) : undefined) },
    {
      membersMustExist: (_team, ids) =>
        ids.every((id) => members.has(id))
          ? Promise.resolve()
          : Promise.reject(new DomainError('not-found', 'MEMBER_NOT_FOUND', 'the member does not exist')),
    },
  );
});

const create = (over: Partial<IssueCommentFields> = {}) =>
  service.create(ann, issueId, { text: 'look', mentionedMemberIds: [], link: '', ...over });

describe('a comment', () => {
  it('mentions each member once, and links to a view', async () => {
    const comment = await create({ mentionedMemberIds: ['ben', 'ben'], link: '/projects/p?filter=x' });
    expect(comment).toMatchObject({ kind: 'text', projectId: 'p', createdBy: 'ann' });
    expect(comment).toMatchObject({ mentionedMemberIds: ['ben'], link: '/projects/p?filter=x' });
  });

  it.each<[string, Partial<IssueCommentFields>]>([
    ['COMMENT_TEXT_INVALID', { text: ' ' }],
    ['COMMENT_TEXT_INVALID', { text: 'x'.repeat(10_001) }],
    ['MENTIONS_TOO_MANY', { mentionedMemberIds: Array.from({ length: 51 }, (_, i) => `m${i}`) }],
    ['LINK_INVALID', { link: 'https://elsewhere.example' }],
    ['LINK_INVALID', { link: `/${'x'.repeat(10_000)}` }],
    ['MEMBER_NOT_FOUND', { mentionedMemberIds: ['zoe'] }],
  ])('is refused with %s', async (reason, over) => {
    await expect(create(over)).rejects.toMatchObject({ reason });
  });

  it('is refused on an issue that the team does not have', async () => {
    await expect(
      service.create(ann, uuidv7(), { text: 'x', mentionedMemberIds: [], link: '' }),
    ).rejects.toMatchObject({ reason: 'ISSUE_NOT_FOUND' });
  });

  it('changes although a member that it mentions has left', async () => {
    const { id } = await create({ mentionedMemberIds: ['ben'] });
    members.clear();
    expect(await service.update(ann, id, { text: 'better' })).toMatchObject({
      ...{ text: 'better', mentionedMemberIds: ['ben'] },
    });
  });

  it('is changed by its author alone, and deleted by an admin too', async () => {
    const { id } = await create();
    const eve = { ...ann, subject: 'eve' };
    await expect(service.update(eve, id, { text: 'x' })).rejects.toMatchObject({
      reason: 'COMMENT_NOT_YOURS',
    });
    await expect(service.delete(eve, id)).rejects.toMatchObject({ reason: 'COMMENT_NOT_YOURS' });
    await service.delete({ ...eve, role: 'admin' }, id);
    await expect(service.update(ann, id, {})).rejects.toMatchObject({ reason: 'ISSUE_COMMENT_NOT_FOUND' });
  });

  it('of the platform does not change', async () => {
    const { id } = await create();
    table.change(id, { kind: 'closed' });
    await expect(service.delete(ann, id)).rejects.toMatchObject({ reason: 'COMMENT_OF_PLATFORM' });
  });
});
