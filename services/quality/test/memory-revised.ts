import { memoryTable, type MemoryTable } from '@noema/testing';
import type { Revised } from '../src/revision/revision.js';

interface Timed extends Revised {
  readonly createTime: Date;
  readonly updateTime: Date;
}

export interface MemoryRevised<Resource extends Timed> extends MemoryTable<Resource> {
  lock(id: string): Promise<Resource | undefined>;
  insert(fields: Omit<Resource, 'revision' | 'createTime' | 'updateTime'>): Promise<Resource>;
  update(before: Resource, after: Partial<Resource>): Promise<Resource>;
}

/** Stores resources that count their changes in memory, for specs of services. */
export function memoryRevised<Resource extends Timed>(): MemoryRevised<Resource> {
  const table = memoryTable<Resource>();
  return {
    ...table,
    lock: table.find,
    insert(fields) {
      const times = { createTime: new Date(0), updateTime: new Date(0) };
      const resource = { ...fields, ...times, revision: 1 } as unknown as Resource;
      table.add(resource);
      return Promise.resolve(resource);
    },
    async update(before, after) {
      table.change(before.id, { ...after, revision: before.revision + 1 });
      return (await table.find(before.id))!;
    },
  };
}
