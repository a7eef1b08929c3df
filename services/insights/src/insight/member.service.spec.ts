import { memoryWork } from '@noema/testing';
import { expect, it } from 'vitest';
import type { InsightSample } from '../peers/samples.client.js';
import type { Insight } from './insight.js';
import { MemberService } from './member.service.js';

let versionsRead = 0;
let ownClasses: Int32Array | undefined;
const service = new MemberService(
  memoryWork,
  { find: () => Promise.resolve({ id: 'i', datasetVersionId: 'v' } as Insight) },
  { list: () => Promise.resolve(new Map([[9, 'wrong' as const]])) },
  {
    members: () =>
      Promise.resolve({
        rows: Int32Array.of(9, 4, 6),
        scores: Float32Array.of(3, 2, 1),
        suggested: Int32Array.of(1, -1, 0),
        groups: undefined,
        ownClasses,
      }),
  },
  { find: () => Promise.resolve(new Map([[9, { className: 'cat' } as InsightSample]])) },
  {
    version: () => {
      versionsRead++;
      return Promise.resolve({ classNames: ['cat', 'dog'], splits: [] } as never);
    },
  },
);

it('lists samples in their order, page by page, with names of suggested classes', async () => {
  const first = await service.list('team', 'i', { pageSize: 2, pageToken: '' });
  expect(first.members).toMatchObject([
    { position: 0, row: 9, score: 3, suggestedClassName: 'dog', group: -1, verdict: 'wrong' },
    { position: 1, row: 4, sample: undefined, suggestedClass: -1, suggestedClassName: '' },
  ]);
  const last = await service.list('team', 'i', { pageSize: 2, pageToken: first.nextPageToken });
  expect(last.members).toMatchObject([{ position: 2, row: 6, suggestedClassName: 'cat' }]);
  expect(last.nextPageToken).toBe('');
  expect(versionsRead).toBe(1);
});

it('names classes of an output that the data do not name by their numbers', async () => {
  ownClasses = Int32Array.of(3, -1, 2);
  const { members } = await service.list('team', 'i', { pageSize: 3, pageToken: '' });
  ownClasses = undefined;
  expect(members).toMatchObject([
    { sample: { classIndex: 3, className: '3' }, suggestedClassName: '1' },
    { suggestedClassName: '' },
    { suggestedClassName: '0' },
  ]);
});

it('refuses the page of another insight', async () => {
  const { nextPageToken } = await service.list('team', 'i', { pageSize: 2, pageToken: '' });
  await expect(service.list('team', 'j', { pageSize: 2, pageToken: nextPageToken })).rejects.toMatchObject({
    reason: 'PAGE_TOKEN_INVALID',
  });
});
