import pg from 'pg';

export interface PoolOptions {
  /** postgres:// URL with user and password. */
  readonly url: string;
  /** First schema of the search path. */
  readonly schema: string;
  /** Largest number of connections; 8 when left out. */
  readonly maxConnections?: number;
  /** How long a statement may run; 30 s when left out. */
  readonly statementTimeoutMs?: number;
  /** How long to wait for a connection before the call fails; 2 s when left out. */
  readonly connectTimeoutMs?: number;
  readonly applicationName?: string;
}

export const clientConfig = (options: PoolOptions): pg.ClientConfig => ({
  connectionString: options.url,
  options: `-c search_path=${options.schema}`,
  application_name: options.applicationName ?? `noema-${options.schema}`,
  connectionTimeoutMillis: options.connectTimeoutMs ?? 2_000,
  keepAlive: true,
});

/** A pool whose every wait is bounded and that survives the loss of idle connections. */
export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.maxConnections ?? 8,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    // The server may be frozen and never speak again; then the client gives up by itself.
    query_timeout: statementTimeoutMs + 5_000,
  });
  // Without listeners the loss of a connection would end the process, be it idle or held between two
  // statements; the next query sees it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
