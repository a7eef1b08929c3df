import { Inject, Injectable } from '@nestjs/common';
import { type AnyDatabase, Database } from '@noema/postgres';
import { type RawBuilder, sql } from 'kysely';
import { OPEN_QUERIES, type ScoreActivation, type ServedModel } from './served-model.js';

/** A stream that was not seen for this long is dead. */
const DEAD_AFTER = sql.raw(`interval '20 s'`);
/** How often a stream is marked as seen. */
const SEEN_EVERY = sql.raw(`interval '5 s'`);

interface Row {
  readonly id: string;
  readonly project_id: string;
  readonly run_id: string;
  readonly epoch: number;
  readonly branch: number;
  readonly activation: ScoreActivation;
  readonly create_time: Date;
}

/** An epoch of a run. */
export interface EpochKey {
  readonly runId: string;
  readonly epoch: number;
}

/** Stores served models and their open queries in PostgreSQL, in the ambient transaction of a team. */
@Injectable()
export class ServedModelRepository {
  constructor(@Inject(Database) private readonly db: AnyDatabase) {}

  /** Adds a model, and deletes what processes and workers that died have left. */
  async insert({ id, projectId, runId, epoch, branch, activation, createTime }: ServedModel): Promise<void> {
    await this.run(sql`delete from model_query where create_time < now() - interval '1 hour'`);
    await this.run(sql`delete from served_model where seen_time < now() - interval '1 day'`);
    await this.run(sql`
      insert into served_model (id, team_id, project_id, run_id, epoch, branch, activation, create_time)
      values (${id}, current_setting('app.team_id')::uuid, ${projectId}, ${runId}, ${epoch}, ${branch},
        ${activation}, ${createTime})`);
  }

  async find(id: string): Promise<ServedModel | undefined> {
    const [row] = await this.run<Row>(sql`select * from served_model where id = ${id}`);
    return row && toServedModel(row);
  }

  /** The model that was registered last for the epoch, whether or not its process still runs. */
  async findLast({ runId, epoch }: EpochKey): Promise<ServedModel | undefined> {
    const [row] = await this.run<Row>(sql`
      select * from served_model where run_id = ${runId} and epoch = ${epoch}
      order by create_time desc, id desc limit 1`);
    return row && toServedModel(row);
  }

  async countOpen(): Promise<number> {
    const [row] = await this.run<{ count: string }>(sql`
      select count(*) as count from served_model where seen_time > now() - ${DEAD_AFTER}`);
    return Number(row!.count);
  }

  async delete(id: string): Promise<void> {
    await this.run(sql`delete from served_model where id = ${id}`);
  }

  /** Makes a stream the one of the model; false for a model that has ended. */
  async attach(id: string, streamId: string): Promise<boolean> {
    const rows = await this.run(sql`
      update served_model set stream_id = ${streamId}, seen_time = now() where id = ${id} returning id`);
    return rows.length > 0;
  }

  /** Ends a stream. Its open queries are free for another one. */
  async detach(id: string, streamId: string): Promise<void> {
    await this.run(
      sql`update served_model set stream_id = null where id = ${id} and stream_id = ${streamId}`,
    );
  }

  /** Marks a stream as seen; false once it is no longer that of the model. */
  async touch(id: string, streamId: string): Promise<boolean> {
    const rows = await this.run(
      sql`select id from served_model where id = ${id} and stream_id = ${streamId}`,
    );
    await this.run(sql`
      update served_model set seen_time = now()
      where id = ${id} and stream_id = ${streamId} and seen_time < now() - ${SEEN_EVERY}`);
    return rows.length > 0;
  }

  /** Gives a stream the oldest query that no living stream has, unless it has enough. */
  async claim({ runId, epoch }: EpochKey, streamId: string): Promise<Uint8Array | undefined> {
    const [row] = await this.run<{ query: Uint8Array }>(sql`
      update model_query set stream_id = ${streamId} where id = (
        select q.id from model_query q
        where q.run_id = ${runId} and q.epoch = ${epoch} and q.result is null
          and (q.stream_id is null or not exists (
            select from served_model m
            where m.stream_id = q.stream_id and m.seen_time > now() - ${DEAD_AFTER}))
          and (select count(*) from model_query o where o.stream_id = ${streamId} and o.result is null)
            < ${OPEN_QUERIES}
        order by q.create_time, q.id limit 1 for update skip locked)
      returning query`);
    return row?.query;
  }

  async insertQuery(id: string, { runId, epoch }: EpochKey, query: Uint8Array): Promise<void> {
    await this.run(sql`
      insert into model_query (id, team_id, run_id, epoch, query)
      values (${id}, current_setting('app.team_id')::uuid, ${runId}, ${epoch}, ${Buffer.from(query)})`);
  }

  /** Stores the first result of a query of the epoch; false for a query that is no longer open. */
  async storeResult(id: string, { runId, epoch }: EpochKey, result: Uint8Array): Promise<boolean> {
    const rows = await this.run(sql`
      update model_query set result = ${Buffer.from(result)}
      where id = ${id} and run_id = ${runId} and epoch = ${epoch} and result is null returning id`);
    return rows.length > 0;
  }

  /** How far a query is, and whether a process serves its epoch; undefined for a query that is lost. */
  async findResult(
    id: string,
    { runId, epoch }: EpochKey,
  ): Promise<{ readonly result: Uint8Array | undefined; readonly isServed: boolean } | undefined> {
    const [row] = await this.run<{ result: Uint8Array | null; is_served: boolean }>(sql`
      select result, exists (
        select from served_model
        where run_id = ${runId} and epoch = ${epoch} and stream_id is not null
          and seen_time > now() - ${DEAD_AFTER}) as is_served
      from model_query where id = ${id}`);
    return row && { result: row.result ?? undefined, isServed: row.is_served };
  }

  async deleteQuery(id: string): Promise<void> {
    await this.run(sql`delete from model_query where id = ${id}`);
  }

  private async run<T = unknown>(statement: RawBuilder<unknown>): Promise<T[]> {
    return (await statement.execute(this.db.tx())).rows as T[];
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
}: Row): ServedModel => ({
  id,
  projectId: project_id,
  runId: run_id,
  epoch,
  branch,
  activation,
  createTime: create_time,
});
