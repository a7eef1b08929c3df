import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/**
 * An in-memory database that can access one scratch directory and nothing else: no network, only built-in
 * extensions.
 */
export interface Scratch {
  readonly connection: DuckDBConnection;
  readonly directory: string;
  /** Runs work on a separate connection, so that a long query does not block a short one. */
  using<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T>;
  /** Deletes the scratch directory. From then on the database can access no file. */
  sealFiles(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a scratch database with one thread: queries are short, and rows keep the order of the file. */
export async function openScratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-duckdb-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '1GB',
    temp_directory: directory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = ['${directory.replaceAll("'", "''")}']`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const sealFiles = () => rm(directory, { recursive: true, force: true });
  const idle: DuckDBConnection[] = [connection];
  let closed = false;
  return {
    connection,
    directory,
    sealFiles,
    using: async (work) => {
      const own = idle.pop() ?? (await instance.connect());
      try {
        return await work(own);
      } finally {
        if (closed) own.closeSync();
        else idle.push(own);
      }
    },
    close: async () => {
      closed = true;
      for (const each of idle) each.closeSync();
      instance.closeSync();
      await sealFiles();
    },
  };
}
