import { backoff, DomainError, type UnitOfWork } from '@noema/kernel';
import { Kysely, type QueryExecutorProvider, type RawBuilder, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { Ambient } from './ambient.js';
import { JoinedDialect } from './joined.dialect.js';
import { Listener, type Listening } from './listener.js';
import { createPool, type PoolOptions } from './pool.js';
import { isPlanOutdated, isRepeatable, toDomainError } from './postgres.errors.js';

/**
 * Team id of infrastructure code (relays, claims, reconcilers). Only policies of infrastructure tables accept
 * it.
 */
export const SYSTEM = '*';

const MAX_ATTEMPTS = 6;

/** Runs in the transaction. The function that it returns runs after the commit. */
export type BeforeCommit = () => Promise<(() => void) | undefined>;

interface Current<Schema> {
  readonly teamId: string;
  readonly tx: Transaction<Schema>;
  /** Calls of `pg_notify` to send at commit. */
  readonly notices: Set<string>;
}

/** Settings of PostgreSQL for one transaction, such as `enable_seqscan`. */
export type TransactionSettings = Readonly<Record<string, string>>;

/**
 * One schema of one database, as a unit of work. `run` opens a transaction that row-level security binds to a
 * team; everything called inside joins it through `tx()`. Work may run again after a serialization failure or
 * a deadlock, so keep its effects inside the transaction.
 */
export class Database<Schema> implements UnitOfWork {
  private readonly ambient = new Ambient<Current<Schema>>();
  private readonly kysely: Kysely<Schema>;
  private readonly hooks: BeforeCommit[] = [];
  private readonly preparedNames = new Map<string, string>();
  private preparation = 1;

  private constructor(
    readonly schema: string,
    private readonly pool: pg.Pool,
    private readonly listener: Listener,
  ) {
    this.kysely = new Kysely<Schema>({ dialect: new JoinedDialect(pool, this.preparedNames) });
  }

  static connect<Schema>(options: PoolOptions): Database<Schema> {
    return new Database(options.schema, createPool(options), new Listener(options));
  }

  /**
   * Returns another view of the same connections. Its transactions are separate and never join transactions
   * of this one.
   */
  sibling<Other>(): Database<Other> {
    return new Database<Other>(this.schema, this.pool, this.listener);
  }

  /**
   * Runs work in a transaction of the team. Nested calls for the same team join it. Throws `unavailable` if
   * the server is unavailable.
   */
  async run<T>(teamId: string, work: () => Promise<T>): Promise<T> {
    if (teamId === '' || teamId === SYSTEM)
      throw new DomainError(
        'internal',
        'TEAM_MISSING',
        `"${teamId}" is no team; take the team of the caller's token`,
      );
    return this.within(teamId, work);
  }

  /**
   * Runs infrastructure work, which sees the rows of all teams in infrastructure tables and no rows in other
   * tables.
   */
  runSystem<T>(work: () => Promise<T>, settings: TransactionSettings = {}): Promise<T> {
    return this.within(SYSTEM, work, settings);
  }

  /** The current transaction. Throws `internal` NO_TRANSACTION outside of one. */
  tx(): Transaction<Schema> {
    return this.current().tx;
  }

  /**
   * Executes a statement that the server prepares once per connection under this name and re-plans only while
   * that pays. Use it for a long statement with a constant text whose plan does not depend on current table
   * sizes. After a migration that changes its columns, it is prepared again.
   */
  async executePrepared<T>(name: string, statement: RawBuilder<T>): Promise<T[]> {
    const tx = this.tx();
    const compiled = statement.compile(tx);
    this.preparedNames.set(compiled.sql, `${name}_${this.preparation}`);
    try {
      return (await tx.executeQuery(compiled)).rows;
    } catch (error) {
      if (isPlanOutdated(error)) this.preparation++;
      throw error;
    }
  }

  /**
   * Registers a hook that runs at the end of every transaction of a team, inside it. The function that it
   * returns runs after the commit.
   */
  beforeCommit(hook: BeforeCommit): void {
    this.hooks.push(hook);
  }

  /** The team of the current transaction; `undefined` outside of one. */
  teamId(): string | undefined {
    return this.ambient.get()?.teamId;
  }

  /** Sends a notification if and only if the current transaction commits. */
  notify(channel: string, payload = ''): void {
    this.current().notices.add(`pg_notify(${pg.escapeLiteral(channel)}, ${pg.escapeLiteral(payload)})`);
  }

  /**
   * Calls the handler for every notification, and with `undefined` after each (re)connection, because
   * notifications may have been missed.
   */
  listen(channel: string, handler: (payload: string | undefined) => void): Promise<Listening> {
    return this.listener.listen(channel, handler);
  }

  /** Throws `unavailable` if the server does not respond. */
  async ping(): Promise<void> {
    await this.runSystem(() => sql`select 1`.execute(this.tx()));
  }

  /** Current use of the pool's connections. */
  get connections(): { readonly used: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.pool;
    return { used: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    await this.listener.close();
    if (!this.pool.ended) await this.pool.end();
  }

  private current(): Current<Schema> {
    const current = this.ambient.get();
    if (current === undefined)
      throw new DomainError(
        'internal',
        'NO_TRANSACTION',
        `a repository of ${this.schema} was called outside of a unit of work`,
      );
    return current;
  }

  private async within<T>(
    teamId: string,
    work: () => Promise<T>,
    settings: TransactionSettings = {},
  ): Promise<T> {
    const outer = this.ambient.get();
    if (outer !== undefined) {
      if (outer.teamId === teamId) return work();
      throw new DomainError(
        'internal',
        'TEAM_SWITCH',
        `a transaction of team ${outer.teamId} cannot do work of team ${teamId}`,
      );
    }
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(teamId, work, settings);
      } catch (error) {
        if (!isRepeatable(error) || attempt === MAX_ATTEMPTS) throw toDomainError(error);
        await backoff(attempt, 10, 500);
      }
    }
  }

  private async once<T>(teamId: string, work: () => Promise<T>, settings: TransactionSettings): Promise<T> {
    const committed: (() => void)[] = [];
    const notices = new Set<string>();
    const result = await this.kysely.transaction().execute(async (tx) => {
      await begin(tx, { 'app.team_id': teamId, ...settings });
      const done = await this.ambient.run({ teamId, tx, notices }, async () => {
        const made = await work();
        for (const hook of teamId === SYSTEM ? [] : this.hooks) {
          const after = await hook();
          if (after !== undefined) committed.push(after);
        }
        return made;
      });
      await commit(tx, notices);
      return done;
    });
    for (const after of committed) after();
    return result;
  }
}

async function begin(tx: QueryExecutorProvider, settings: TransactionSettings): Promise<void> {
  const set = Object.entries(settings).map(
    ([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)}`,
  );
  await sql.raw(['begin', ...set].join('; ')).execute(tx);
}

/** PostgreSQL answers a commit with a rollback if code has swallowed the error of a statement. */
async function commit(tx: QueryExecutorProvider, notices: ReadonlySet<string>): Promise<void> {
  if (notices.size > 0) {
    await sql.raw(`select ${[...notices].join(', ')}; commit`).execute(tx);
    return;
  }
  const { rows } = await sql.raw<{ command: string }>('commit').execute(tx);
  if (rows[0]?.command === 'ROLLBACK')
    throw new DomainError(
      'internal',
      'TRANSACTION_ABORTED',
      'a statement of the transaction failed and its error was passed over; nothing was changed',
    );
}

/** A database of whatever schema, for code that brings its own tables along (requests, outbox, jobs). */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyDatabase = Database<any>;
