import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** An in-memory database that can see one scratch directory and nothing else: no network, no extension that is not built in. */
export interface Scratch {
  readonly connection: DuckDBConnection;
  readonly directory: string;
  /** Removes the scratch directory; from then on the database sees no file at all. */
  sealFiles(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a scratch database. One thread: work is short, and the order of rows stays that of the file. */
export async function openScratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-duckdb-'));
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1', memory_limit: '1GB', temp_directory: directory, autoinstall_known_extensions: 'false', autoload_known_extensions: 'false', preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  await connection.run(`SET allowed_directories = ['${directory.replaceAll("'", "''")}']`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  const sealFiles = () => rm(directory, { recursive: true, force: true });
  return {
    connection, directory, sealFiles,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await sealFiles();
    },
  };
}
