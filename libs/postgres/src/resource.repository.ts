import { mapPage, type Page, type PageQuery } from '@noema/kernel';
import type { AnyDatabase } from './database.js';
import { type PageField, type PageSource, selectPage } from './page.js';

export interface ResourceTable {
  /** Table with the columns id and team_id. */
  readonly table: string;
  /** View of the table that resources are read from. Default: the table. */
  readonly view?: string;
  /** Fields by which lists can be filtered and sorted. */
  readonly fields: Readonly<Record<string, PageField>>;
}

/** Stores resources of one kind as rows of a table; each method takes part in the ambient transaction of a team. */
export abstract class ResourceRepository<Row extends { readonly id: string }, Resource> {
  protected constructor(
    protected readonly db: AnyDatabase,
    protected readonly source: ResourceTable,
  ) {}

  protected abstract toResource(row: Row): Resource;

  async find(id: string): Promise<Resource | undefined> {
    const { table, view = table } = this.source;
    const row = await this.db.tx().selectFrom(view).selectAll().where('id', '=', id).executeTakeFirst();
    return row && this.toResource(row as unknown as Row);
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom(this.source.table).where('id', '=', id).execute();
  }

  /** Adds a row of the team and returns it as the table has it. */
  protected async insertRow(row: Readonly<Record<string, unknown>>): Promise<Row> {
    const inserted = await this.db
      .tx()
      .insertInto(this.source.table)
      .values({ ...row, team_id: this.db.teamId()! })
      .returningAll()
      .executeTakeFirstOrThrow();
    return inserted as unknown as Row;
  }

  protected async updateRow(id: string, values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.db.tx().updateTable(this.source.table).where('id', '=', id).set(values).execute();
  }

  /** Lists the resources of a parent. Throws as `selectPage`. */
  protected async selectPage(
    where: NonNullable<PageSource['where']>,
    query: PageQuery,
    contains: NonNullable<PageSource['contains']> = {},
  ): Promise<Page<Resource>> {
    const { table, view = table, fields } = this.source;
    const page = await selectPage<Row>(this.db, { table: view, fields, where, contains, query });
    return mapPage(page, (row) => this.toResource(row));
  }
}
