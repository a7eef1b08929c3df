import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@noema/embedded-postgres';
import { freePorts } from '@noema/local-servers';
import { copyTemplate, PASSWORD } from './postgres-template.js';

const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  max_connections: '200',
  scram_iterations: '1',
  autovacuum: 'off',
};

/** A PostgreSQL server of one test file's own; nothing in it survives. */
export interface TestPostgres {
  /** URL of the superuser for the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Creates an empty database and returns its URL as superuser. */
  createDatabase(name?: string): Promise<string>;
  /**
   * Stops the server and starts it again on the same port and data; `immediate` ends it as a crash does.
   * `whileAway` runs in between.
   */
  restart(mode?: 'fast' | 'immediate', whileAway?: () => Promise<unknown>): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a real PostgreSQL on a free port of 127.0.0.1 in about half a second, from a copy of a cluster that
 * is created once per machine.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-postgres-'));
  await chmod(directory, 0o711);
  const [port = 0] = await freePorts(1); // which stays free for it over a restart
  const options = { directory: join(directory, 'data'), password: PASSWORD, settings: SETTINGS, port };
  await copyTemplate(options.directory);
  let cluster = await startCluster(options);
  let databases = 0;
  return {
    url: cluster.url(),
    port: cluster.port,
    get pid() {
      return cluster.pid;
    },
    createDatabase: (name = `test_${++databases}`) => cluster.createDatabase(name),
    restart: async (mode = 'fast', whileAway) => {
      await cluster.stop(mode);
      await whileAway?.();
      cluster = await startCluster(options);
    },
    stop: async () => {
      await cluster.stop('immediate');
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
