import type { JobResource, JobResources, JobState, Page, UnitOfWork } from '@noema/kernel';

/** Runs units of work without a database, for specs of services. */
export const memoryWork: UnitOfWork = { run: (_teamId, work) => work() };

export interface MemoryTable<Resource> {
  /** Returns every stored resource in the order of insertion. */
  all(): readonly Resource[];
  add(resource: Resource): void;
  /** Changes fields of a resource, if it exists. */
  change(id: string, fields: Partial<Resource>): void;
  find(id: string): Promise<Resource | undefined>;
  /** Returns all resources on one page, the newest first. */
  list(): Promise<Page<Resource>>;
  delete(id: string): Promise<void>;
}

/** Stores resources in memory, as the base of fake repositories in specs of services. */
export function memoryTable<Resource extends { readonly id: string }>(): MemoryTable<Resource> {
  const stored = new Map<string, Resource>();
  return {
    all: () => [...stored.values()],
    add: (resource) => void stored.set(resource.id, resource),
    change(id, fields) {
      const resource = stored.get(id);
      if (resource !== undefined) stored.set(id, { ...resource, ...fields });
    },
    find: (id) => Promise.resolve(stored.get(id)),
    list: () => Promise.resolve({ items: [...stored.values()].reverse(), nextPageToken: '' }),
    delete: (id) => Promise.resolve(void stored.delete(id)),
  };
}

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
  const table = memoryTable<Resource>();
  return {
    ...table,
    setState: (id, state) => table.change(id, { state } as Partial<Resource>),
    insert(resource) {
      const { id, jobId } = resource;
      const fields: JobResource = { id, jobId, state: 'queued', createTime: new Date(table.all().length) };
      const inserted = { ...create(resource), ...fields } as Resource;
      table.add(inserted);
      return Promise.resolve(inserted);
    },
    finish(id, contents, readyTime) {
      table.change(id, { ...complete(contents), state: 'succeeded', readyTime });
      return Promise.resolve();
    },
  };
}
