import { DomainError, type UnitOfWork } from '@noema/kernel';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import type pg from 'pg';
import { Ambient } from './ambient.js';
import { backoff } from './backoff.js';
import { Listener, type Listening } from './listener.js';
import { createPool, type PoolOptions } from './pool.js';
import { isRepeatable, toDomainError } from './postgres.errors.js';

/** The team id of infrastructure (relays, claims, reconcilers): only policies of infrastructure tables accept it. */
export const SYSTEM = '*';

const MAX_ATTEMPTS = 6;

/** Runs in the transaction; what it returns runs after the commit. */
export type BeforeCommit = () => Promise<(() => void) | undefined>;

interface Current<Schema> {
  readonly teamId: string;
  readonly tx: Transaction<Schema>;
}

/**
 * One schema of one database, as a unit of work: `run` opens a transaction that row-level security binds to a team, and everything called
 * inside takes part in it through `tx()`. Work may run again after a serialization failure or a deadlock, so its effects belong into the transaction.
 */
export class Database<Schema> implements UnitOfWork {
  private readonly ambient = new Ambient<Current<Schema>>();
  private readonly kysely: Kysely<Schema>;
  private readonly hooks: BeforeCommit[] = [];

  private constructor(readonly schema: string, private readonly pool: pg.Pool, private readonly listener: Listener) {
    this.kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  }

  static connect<Schema>(options: PoolOptions): Database<Schema> {
    return new Database(options.schema, createPool(options), new Listener(options));
  }

  /** Another view on the same connections: its transactions are its own and never join ours. */
  sibling<Other>(): Database<Other> {
    return new Database<Other>(this.schema, this.pool, this.listener);
  }

  /** Runs work in a transaction of the team. Nested calls for the same team join it. Throws `unavailable` when the server is away. */
  async run<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    if (teamId === '' || teamId === SYSTEM) throw new DomainError('internal', 'TEAM_MISSING', `"${teamId}" is no team; take the team of the caller's token`);
    return this.within(teamId, work);
  }

  /** Runs work of the infrastructure, which sees the rows of all teams in infrastructure tables and none anywhere else. */
  runSystem<T>(work: () => Promise<T>): Promise<T> {
    return this.within(SYSTEM, work);
  }

  /** The current transaction. Throws `internal` NO_TRANSACTION outside of one. */
  tx(): Transaction<Schema> {
    const ambient = this.ambient.get();
    if (ambient === undefined) throw new DomainError('internal', 'NO_TRANSACTION', `a repository of ${this.schema} was called outside of a unit of work`);
    return ambient.tx;
  }

  /** Has something done at the end of every transaction of a team, as part of it; what it returns is called when the transaction has committed. */
  beforeCommit(hook: BeforeCommit): void {
    this.hooks.push(hook);
  }

  /** The team of the current transaction; `undefined` outside of one. */
  teamId(): string | undefined {
    return this.ambient.get()?.teamId;
  }

  /** Sends a notification that the listeners get when, and only when, the current transaction commits. */
  async notify(channel: string, payload = ''): Promise<void> {
    await sql`select pg_notify(${channel}, ${payload})`.execute(this.tx());
  }

  /** Calls the handler for every notification, and with `undefined` after each (re)connection, when some may have been missed. */
  listen(channel: string, handler: (payload: string | undefined) => void): Promise<Listening> {
    return this.listener.listen(channel, handler);
  }

  /** Throws `unavailable` when the server does not answer. */
  async ping(): Promise<void> {
    await this.runSystem(() => sql`select 1`.execute(this.tx()));
  }

  /** How the connections of the pool are used at the moment. */
  get connections(): { readonly used: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    await this.listener.close();
    if (!this.pool.ended) await this.pool.end();
  }

  private async within<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    const outer = this.ambient.get();
    if (outer !== undefined) {
      if (outer.teamId === teamId) return work();
      throw new DomainError('internal', 'TEAM_SWITCH', `a transaction of team ${outer.teamId} cannot do work of team ${teamId}`);
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(teamId, work);
      } catch (error) {
        if (!isRepeatable(error) || attempt === MAX_ATTEMPTS) throw toDomainError(error);
        await backoff(attempt, 10, 500);
      }
    }
  }

  private async once<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    const committed: (() => void)[] = [];
    const result = await this.kysely.transaction().execute(async (tx) => {
      await sql`select set_config('app.team_id', ${teamId}, true)`.execute(tx);
      return this.ambient.run({ teamId, tx }, async () => {
        const done = await work();
        for (const hook of teamId === SYSTEM ? [] : this.hooks) {
          const after = await hook();
          if (after !== undefined) committed.push(after);
        }
        return done;
      });
    });
    for (const after of committed) after();
    return result;
  }
}

/** A database of whatever schema, for code that brings its own tables along (requests, outbox, jobs). */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyDatabase = Database<any>;
