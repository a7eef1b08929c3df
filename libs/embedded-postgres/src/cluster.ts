import { type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import { findProcess } from '@noema/kernel/processes';
import pg from 'pg';
import { embeddedBinaries } from './binaries.js';
import { freePort } from './free-port.js';
import { initialiseCluster, isInitialised } from './initdb.js';
import { launch } from './launch.js';

export interface ClusterOptions {
  readonly directory: string;
  /** Password of the superuser `postgres`; set when the cluster is made. */
  readonly password: string;
  /** A free port is chosen when it is left out. */
  readonly port?: number;
  /** Server settings, e.g. `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog?: (line: string) => void;
}

/** A running PostgreSQL server on 127.0.0.1. */
export interface Cluster {
  readonly port: number;
  readonly pid: number;
  /** Resolves with a description when the server has ended, for whatever reason. */
  readonly ended: Promise<string>;
  /** Connection URL of the superuser for a database. */
  url(database?: string): string;
  /** Makes the database unless it exists and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** `fast` ends sessions and writes a checkpoint; `immediate` is for data that will be thrown away. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
}

/**
 * Starts the cluster in the directory, which is made first when it is empty. Throws `unavailable`
 * POSTGRES_START with the server's last words.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  if (!(await isInitialised(options.directory))) await initialiseCluster(options.directory, options.password);
  await endForgotten(options.directory, options.onLog ?? (() => undefined));
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    try {
      return await start(options, port);
    } catch (error) {
      if (options.port !== undefined || attempt === 3) throw error;
    }
  }
}

async function start(options: ClusterOptions, port: number): Promise<Cluster> {
  const { postgres } = await embeddedBinaries();
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    ...options.settings,
  };
  const args = [
    '-D',
    options.directory,
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
  const child = await launch(postgres, args, [join(options.directory, '.')]);
  const ended = once(child, 'close').then(
    ([code, signal]) => `code ${String(code)}, signal ${String(signal)}`,
  );
  child.stdout?.resume();
  await ready(child, options.onLog ?? (() => undefined));
  const url = (database = 'postgres') =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`;
  return {
    port,
    pid: child.pid!,
    ended,
    url,
    createDatabase: async (name) => {
      await createDatabase(url(), name);
      return url(name);
    },
    stop: async (mode = 'fast') => {
      child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
      await ended;
    },
  };
}

function ready(child: ChildProcess, onLog: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => {
      onLog(line);
      last.push(line);
      if (last.length > 8) last.shift();
      if (line.includes('ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => {
      reject(
        new DomainError('unavailable', 'POSTGRES_START', `PostgreSQL did not start: ${last.join(' | ')}`),
      );
    });
  });
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    // The files of the empty template are cloned, a quarter of the time that it takes to write them to the
    // log; a server that cannot clone copies them.
    await client.query("SET file_copy_method TO 'clone'").catch(() => undefined);
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} STRATEGY FILE_COPY`);
  } catch (error) {
    if ((error as { code?: string }).code !== '42P04') throw error;
  } finally {
    await client.end();
  }
}

/** How long a server that ends may keep its id. */
const ENDING_MS = 30_000;

/**
 * Ends the server that a killed predecessor left running on the directory: it holds the port and the lock
 * that we need. PostgreSQL takes the lock as held for as long as the id of the process exists, also while the
 * process ends, and until its parent has collected its exit status.
 */
async function endForgotten(directory: string, onLog: (line: string) => void): Promise<void> {
  const pid = Number(
    (await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
  );
  if (!(pid > 0)) return;
  let state = await serverState(pid, directory);
  if (state === 'running') signal(pid, 'SIGINT');
  if (state !== 'ended') onLog(`waiting for server ${pid} of an earlier start to end`);
  for (let endsAt = Infinity; state !== 'ended' && performance.now() < endsAt; ) {
    await delay(50);
    state = await serverState(pid, directory);
    if (state === 'ending') endsAt = Math.min(endsAt, performance.now() + ENDING_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process that ends has a name and no arguments. */
async function serverState(pid: number, directory: string): Promise<'running' | 'ending' | 'ended'> {
  const { name = '', args = [] } = (await findProcess(pid)) ?? {};
  if (args.length === 0) return name === 'postgres' ? 'ending' : 'ended';
  return args.some((arg) => arg.includes('postgres')) && args.includes(directory) ? 'running' : 'ended';
}
