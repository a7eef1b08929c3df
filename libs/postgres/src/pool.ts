import pg from 'pg';

export interface PoolOptions {
  /** postgres:// URL with user and password. */
  readonly url: string;
  /** First schema of the search path. */
  readonly schema: string;
  /** Maximum number of connections. Default: 8. */
  readonly maxConnections?: number;
  /** Maximum duration of a statement. Default: 30 s. */
  readonly statementTimeoutMs?: number;
  /** How long a call waits for a connection before it fails. Default: 2 s. */
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

/** Creates a pool in which every wait has a timeout and which survives the loss of idle connections. */
export function createPool(options: PoolOptions): pg.Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    ...clientConfig(options),
    max: options.maxConnections ?? 8,
    idleTimeoutMillis: 30_000,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 60_000,
    // A frozen server may never respond; then the client gives up by itself.
    query_timeout: statementTimeoutMs + 5_000,
  });
  // Without listeners, the loss of an idle connection would end the process. The next query reports the loss.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
