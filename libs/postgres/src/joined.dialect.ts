import {
  type Driver,
  type PostgresCursor,
  PostgresDialect,
  PostgresDriver,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
} from 'kysely';
import type pg from 'pg';

/** Names of prepared statements, by their text. */
export type PreparedNames = ReadonlyMap<string, string>;

/**
 * PostgreSQL for a unit of work that joins its first and last statements with BEGIN and COMMIT, which saves
 * two round trips.
 */
export class JoinedDialect extends PostgresDialect {
  private readonly own: PostgresPool;

  constructor(pool: pg.Pool, names: PreparedNames) {
    const own: PostgresPool = {
      connect: async () => new NamingClient(await pool.connect(), names),
      end: () => pool.end(),
    };
    super({ pool: own });
    this.own = own;
  }

  override createDriver(): Driver {
    return new JoinedDriver({ pool: this.own });
  }
}

class JoinedDriver extends PostgresDriver {
  override beginTransaction(): Promise<void> {
    return Promise.resolve();
  }

  override commitTransaction(): Promise<void> {
    return Promise.resolve();
  }
}

/** A connection that executes named statements by their name. */
class NamingClient implements PostgresPoolClient {
  constructor(
    private readonly client: pg.PoolClient,
    private readonly names: PreparedNames,
  ) {}

  query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    values: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new Error('rows are not read by cursors');
    const name = this.names.get(text);
    return this.client.query({
      text,
      values: [...values],
      ...(name !== undefined && { name }),
    }) as unknown as Promise<PostgresQueryResult<R>>;
  }

  release(broken?: boolean): void {
    this.client.release(broken);
  }
}
