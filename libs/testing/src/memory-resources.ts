import { type JobResource, type JobResources, type JobState, type UnitOfWork } from '@noema/kernel';

/** Runs units of work without a database, for specs of services. */
export const memoryWork: UnitOfWork = { run: (_teamId, work) => work() };

export interface MemoryResources<Resource extends JobResource, New, Contents>
  extends JobResources<Resource, New, Contents> {
  /** Every resource that is stored, in the order of insertion. */
  all(): readonly Resource[];
  /** Moves the job of a resource to a state. */
  setState(id: string, state: JobState): void;
}

/**
 * Stores resources of jobs in memory, for specs of services. `create` returns the fields that only this kind of
 * resource has, `complete` the fields that its contents determine.
 */
export function memoryResources<
  Resource extends JobResource,
  New extends { readonly id: string; readonly jobId: string },
  Contents,
>(
  create: (resource: New) => Omit<Resource, keyof JobResource>,
  complete: (contents: Contents) => Partial<Resource> = () => ({}),
): MemoryResources<Resource, New, Contents> {
  const stored = new Map<string, Resource>();
  const change = (id: string, fields: Partial<Resource>): void => {
    const resource = stored.get(id);
    if (resource !== undefined) stored.set(id, { ...resource, ...fields });
  };
  return {
    all: () => [...stored.values()],
    setState: (id, state) => change(id, { state } as Partial<Resource>),
    insert(resource) {
      const { id, jobId } = resource;
      const fields: JobResource = { id, jobId, state: 'queued', createTime: new Date(stored.size) };
      const inserted = { ...create(resource), ...fields } as Resource;
      stored.set(id, inserted);
      return Promise.resolve(inserted);
    },
    find: (id) => Promise.resolve(stored.get(id)),
    list: () => Promise.resolve({ items: [...stored.values()].reverse(), nextPageToken: '' }),
    finish(id, contents, readyTime) {
      change(id, { ...complete(contents), state: 'succeeded', readyTime });
      return Promise.resolve();
    },
    delete: (id) => Promise.resolve(void stored.delete(id)),
  };
}
