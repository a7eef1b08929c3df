import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@noema/postgres';
import { type Selectable, sql } from 'kysely';
import type { ExplanationsSchema, ServedModelTable } from '../schema.js';
import { OPEN_QUERIES, type ServedModel } from './served-model.js';

const NOW = sql<Date>`now()`;
/** A stream that was not seen since then is dead. */
const LAST_ALIVE = sql<Date>`now() - interval '20 s'`;
/** A stream that was seen last before then is marked as seen again. */
const LAST_MARKED = sql<Date>`now() - interval '5 s'`;

/** An epoch of a run. */
export interface EpochKey {
  readonly runId: string;
  readonly epoch: number;
}

/** Stores served models and their open queries in PostgreSQL, in the ambient transaction of a team. */
@Injectable()
export class ServedModelRepository {
  constructor(@Inject(Database) private readonly db: Database<ExplanationsSchema>) {}

  /** Adds a model, and deletes what processes and workers that died have left. */
  async insert({ id, projectId, runId, epoch, branch, activation, createTime }: ServedModel): Promise<void> {
    const tx = this.db.tx();
    await tx
      .deleteFrom('model_query')
      .where('create_time', '<', sql<Date>`now() - interval '1 hour'`)
      .execute();
    await tx
      .deleteFrom('served_model')
      .where('seen_time', '<', sql<Date>`now() - interval '1 day'`)
      .execute();
    await tx
      .insertInto('served_model')
      .values({
        id,
        team_id: this.db.teamId()!,
        project_id: projectId,
        run_id: runId,
        epoch,
        branch,
        activation,
        create_time: createTime,
      })
      .execute();
  }

  async find(id: string): Promise<ServedModel | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('served_model')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toServedModel(row);
  }

  /** The model that was registered last for the epoch, whether or not its process still runs. */
  async findLast({ runId, epoch }: EpochKey): Promise<ServedModel | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('served_model')
      .selectAll()
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .orderBy('create_time', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row && toServedModel(row);
  }

  async countOpen(): Promise<number> {
    const { open } = await this.db
      .tx()
      .selectFrom('served_model')
      .select(({ fn }) => fn.countAll<string>().as('open'))
      .where('seen_time', '>', LAST_ALIVE)
      .executeTakeFirstOrThrow();
    return Number(open);
  }

  async delete(id: string): Promise<void> {
    await this.db.tx().deleteFrom('served_model').where('id', '=', id).execute();
  }

  /** Makes a stream the one of the model; false for a model that has ended. */
  async attach(id: string, streamId: string): Promise<boolean> {
    const row = await this.db
      .tx()
      .updateTable('served_model')
      .set({ stream_id: streamId, seen_time: NOW })
      .where('id', '=', id)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Ends a stream. Its open queries are free for another one. */
  async detach(id: string, streamId: string): Promise<void> {
    await this.db
      .tx()
      .updateTable('served_model')
      .set({ stream_id: null })
      .where('id', '=', id)
      .where('stream_id', '=', streamId)
      .execute();
  }

  /** Marks a stream as seen; false once it is no longer that of the model. */
  async touch(id: string, streamId: string): Promise<boolean> {
    const row = await this.db
      .tx()
      .selectFrom('served_model')
      .select('id')
      .where('id', '=', id)
      .where('stream_id', '=', streamId)
      .executeTakeFirst();
    await this.db
      .tx()
      .updateTable('served_model')
      .set({ seen_time: NOW })
      .where('id', '=', id)
      .where('stream_id', '=', streamId)
      .where('seen_time', '<', LAST_MARKED)
      .execute();
    return row !== undefined;
  }

  /** Gives a stream the oldest query that no living stream has, unless it has enough. */
  async claim({ runId, epoch }: EpochKey, streamId: string): Promise<Uint8Array | undefined> {
    const { rows } = await sql<{ query: Uint8Array }>`
      update model_query set stream_id = ${streamId} where id = (
        select q.id from model_query q
        where q.run_id = ${runId} and q.epoch = ${epoch} and q.result is null
          and (q.stream_id is null or not exists (
            select from served_model m
            where m.stream_id = q.stream_id and m.seen_time > ${LAST_ALIVE}))
          and (select count(*) from model_query o where o.stream_id = ${streamId} and o.result is null)
            < ${OPEN_QUERIES}
        order by q.create_time, q.id limit 1 for update skip locked)
      returning query`.execute(this.db.tx());
    return rows[0]?.query;
  }

  async insertQuery(id: string, { runId, epoch }: EpochKey, query: Uint8Array): Promise<void> {
    await this.db
      .tx()
      .insertInto('model_query')
      .values({ id, team_id: this.db.teamId()!, run_id: runId, epoch, query: Buffer.from(query) })
      .execute();
  }

  /** Stores the first result of a query of the epoch; false for a query that is no longer open. */
  async storeResult(id: string, { runId, epoch }: EpochKey, result: Uint8Array): Promise<boolean> {
    const row = await this.db
      .tx()
      .updateTable('model_query')
      .set({ result: Buffer.from(result) })
      .where('id', '=', id)
      .where('run_id', '=', runId)
      .where('epoch', '=', epoch)
      .where('result', 'is', null)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** How far a query is, and whether a process serves its epoch; undefined for a query that is lost. */
  async findResult(
    id: string,
    { runId, epoch }: EpochKey,
  ): Promise<{ readonly result: Uint8Array | undefined; readonly isServed: boolean } | undefined> {
    const row = await this.db
      .tx()
      .selectFrom('model_query')
      .select((query) => [
        'result',
        query
          .exists(
            query
              .selectFrom('served_model')
              .where('run_id', '=', runId)
              .where('epoch', '=', epoch)
              .where('stream_id', 'is not', null)
              .where('seen_time', '>', LAST_ALIVE),
          )
          .as('is_served'),
      ])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && { result: row.result ?? undefined, isServed: Boolean(row.is_served) };
  }

  async deleteQuery(id: string): Promise<void> {
    await this.db.tx().deleteFrom('model_query').where('id', '=', id).execute();
  }
}

const toServedModel = ({
  id,
  project_id,
  run_id,
  epoch,
  branch,
  activation,
  create_time,
}: Selectable<ServedModelTable>): ServedModel => ({
  id,
  projectId: project_id,
  runId: run_id,
  epoch,
  branch,
  activation,
  createTime: create_time,
});
