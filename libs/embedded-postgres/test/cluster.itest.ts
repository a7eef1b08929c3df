import { fork, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { serverAccount } from '../src/account.js';
import { startCluster } from '../src/index.js';

/** Of the server that `parent.ts` starts. */
const PARENT_PASSWORD = 'secret';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'noema-cluster-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('makes a cluster behind a folder that only its owner may enter, and keeps its data over a stop', async () => {
  await chmod(directory, 0o700);
  const options = { directory: join(directory, 'data'), password: 'p@ss/word' };
  let cluster = await startCluster(options);
  const url = await cluster.createDatabase('noema');
  await run(url, 'CREATE TABLE t AS SELECT 1 AS x');
  await cluster.stop();
  cluster = await startCluster(options);
  expect(await run(await cluster.createDatabase('noema'), 'SELECT x FROM t')).toEqual([{ x: 1 }]);
  await cluster.stop();
});

it('says that a port is in use', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;
  await expect(
    startCluster({ directory: join(directory, 'data'), password: 'x', port }),
  ).rejects.toMatchObject({
    reason: 'POSTGRES_START',
    message: expect.stringMatching(/[Aa]ddress already in use/) as string,
  });
  holder.close();
});

it('ends with its parent, and a server that is still left is ended by the next start', async () => {
  const data = join(directory, 'data');
  const parent = fork(new URL('./parent.js', import.meta.url), [data], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = (await once(parent.stdout!, 'data')) as [Buffer];
  const pid = Number(line.toString().split(' ')[0]);
  parent.kill('SIGKILL');
  if (existsSync('/usr/bin/setpriv')) {
    for (let waited = 0; existsSync(`/proc/${pid}`) && waited < 60_000; waited += 20) await delay(20);
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  }
  const next = await startCluster({ directory: data, password: 'secret' });
  expect(await run(next.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.stop();
});

it.skipIf(process.platform !== 'linux')(
  'waits for a server that has ended until its id is free, since PostgreSQL takes it as one that runs',
  async () => {
    const options = { directory: join(directory, 'data'), password: 'x' };
    await (await startCluster(options)).stop();
    // Of the account of the server, as PostgreSQL takes no notice of a process of another one. The shell becomes
    // `cat`, which never collects the exit status of its child.
    await chmod(directory, 0o755);
    await symlink('/bin/sleep', join(directory, 'postgres'));
    const parent = spawn('/bin/sh', ['-c', '"$0" 600 & echo $!; exec cat', join(directory, 'postgres')], {
      ...(await serverAccount()),
    });
    const [pid] = ((await once(parent.stdout, 'data')) as [Buffer]).toString().split('\n');
    const isSeen = (of: number | undefined, state: string) =>
      vi.waitFor(() => expect(readFileSync(`/proc/${of}/stat`, 'utf8')).toContain(state), 60_000);
    await isSeen(parent.pid, '(cat)');
    await isSeen(Number(pid), '(postgres)');
    process.kill(Number(pid), 'SIGKILL');
    await isSeen(Number(pid), '(postgres) Z');
    await writeFile(join(options.directory, 'postmaster.pid'), `${pid}\n`);
    const said = new EventEmitter();
    const started = startCluster({ ...options, onLog: (line) => said.emit(line) });
    await Promise.race([started, once(said, `waiting for server ${pid} of an earlier start to end`)]);
    parent.stdin.end();
    await (await started).stop();
  },
);

it('RELIABILITY 42: the first start is killed at seven moments; the next one works, nothing runs on and no ' +
  'password is left', async () => {
  const data = join(directory, 'data');
  const left = () =>
    pids().filter((pid) => (readCommand(pid) + readEnvironment(pid)).includes(`${data}.new`));
  const isInitdb = (command: string) => command.includes('initdb') && command.includes(`${data}.new`);
  const passwords = () =>
    readdirSync(tmpdir()).filter(
      (name) =>
        /^noema-[0-9a-f-]{36}$/.test(name) &&
        readFileSync(join(tmpdir(), name), 'utf8').includes(PARENT_PASSWORD),
    );
  // Each is a later moment of what initdb does; the last is after it.
  for (const made of [
    '',
    'PG_VERSION',
    'base',
    'global/pg_control',
    'postgresql.conf',
    'base/1/PG_VERSION',
    'base/5/PG_VERSION',
  ]) {
    const before = new Set(left());
    const parent = fork(new URL('./parent.js', import.meta.url), [data], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    if (made !== '') {
      // Held as soon as initdb runs, so that it cannot give the folder its name before the test has seen the
      // file.
      await until(() => pids().some((pid) => !before.has(pid) && isInitdb(readCommand(pid))), STARTING_MS);
      parent.kill('SIGSTOP');
    }
    await until(() => existsSync(join(`${data}.new`, made)));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(existsSync(data)).toBe(false);
    expect(passwords()).toEqual([]);
  }
  const next = await startCluster({ directory: data, password: 'secret' });
  expect(left()).toEqual([]);
  expect(await run(next.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.stop();
  expect(readdirSync(directory)).toEqual(['data']);
}, 600_000);

it('removes no directory that holds files', async () => {
  await mkdir(join(directory, 'data'));
  await writeFile(join(directory, 'data', 'PG_VERSION'), '18');
  await expect(startCluster({ directory: join(directory, 'data'), password: 'x' })).rejects.toMatchObject({
    kind: 'precondition',
    reason: 'POSTGRES_UNFINISHED',
  });
  expect(readdirSync(join(directory, 'data'))).toEqual(['PG_VERSION']);
});

/** Time between two looks at all processes, which take as long as initdb's own work on a file. */
const STARTING_MS = 20;

const pids = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

const readCommand = (pid: string): string => read(`/proc/${pid}/cmdline`);
const readEnvironment = (pid: string): string => read(`/proc/${pid}/environ`);

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

async function until(condition: () => boolean, intervalMs = 2): Promise<void> {
  for (const start = performance.now(); !condition(); await delay(intervalMs))
    if (performance.now() - start > 60_000) throw new Error('the condition did not come true within 60 s');
}

async function run(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
