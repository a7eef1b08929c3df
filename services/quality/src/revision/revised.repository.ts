import { ResourceRepository } from '@noema/postgres';
import type { Revised } from './revision.js';

export interface RevisedRow {
  readonly id: string;
  readonly revision: number;
}

/** Stores resources that count their changes. */
export abstract class RevisedRepository<
  Row extends RevisedRow,
  Resource extends Revised,
> extends ResourceRepository<Row, Resource> {
  /** As `find`; no other transaction changes the resource before this one ends. */
  async lock(id: string): Promise<Resource | undefined> {
    const row = await this.db
      .tx()
      .selectFrom(this.source.table)
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row && this.toResource(row as unknown as Row);
  }

  /** Changes columns of a locked resource, and returns it with its next revision. */
  protected async revise(
    { id, revision }: Resource,
    values: Readonly<Record<string, unknown>>,
  ): Promise<Resource> {
    const row = await this.db
      .tx()
      .updateTable(this.source.table)
      .set({ ...values, revision: revision + 1, update_time: new Date() })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return this.toResource(row as unknown as Row);
  }
}
