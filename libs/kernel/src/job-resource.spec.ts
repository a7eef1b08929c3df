import { expect, it } from 'vitest';
import { findOrInsert, type JobResource } from './job-resource.js';
import type { JobState } from './job-state.js';

const resource = (state: JobState, jobId = 'first'): JobResource => ({
  id: 'a',
  jobId,
  state,
  createTime: new Date(0),
});

/** One stored resource, and what is done with it. */
function stored(state: JobState | undefined) {
  const deleted: string[] = [];
  return {
    deleted,
    find: (id: string) => Promise.resolve(state && id === 'a' ? resource(state) : undefined),
    delete: (id: string) => Promise.resolve(void deleted.push(id)),
  };
}
const insert = () => Promise.resolve(resource('queued', 'second'));

it('inserts a resource that does not exist', async () => {
  const resources = stored(undefined);
  expect((await findOrInsert(resources, 'a', insert)).jobId).toBe('second');
  expect(resources.deleted).toEqual([]);
});

it.each(['queued', 'running', 'cancelling', 'succeeded'] as const)(
  'returns the resource that exists while its job is %s',
  async (state) => {
    expect((await findOrInsert(stored(state), 'a', insert)).jobId).toBe('first');
  },
);

it.each(['failed', 'cancelled'] as const)('replaces a resource whose job is %s', async (state) => {
  const resources = stored(state);
  expect((await findOrInsert(resources, 'a', insert)).jobId).toBe('second');
  expect(resources.deleted).toEqual(['a']);
});
