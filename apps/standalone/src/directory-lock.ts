import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platformRunning, platformRunsElsewhere } from './platform.errors.js';

/** The process that holds a data directory. */
export interface LockHolder {
  readonly pid: number;
  /**
   * Distinguishes this process from a later one with the same number: its start time, where the system shows
   * it.
   */
  readonly started: string;
}

/** Exit code of the program `flock` when another process holds the lock. */
const HELD = 75;

/** How long we wait for a killed holder, whose threads still end after its process is seen as dead. */
const ENDING_SECONDS = 5;

/**
 * Takes the data directory for this process and returns the release. Two locks: the kernel's own (flock),
 * which holds for every process that reaches the file, whatever PID namespace or container it is in and over
 * NFS 4, and a file with our process id, which says who it is. Throws `precondition` PLATFORM_RUNNING when a
 * living process holds it; what a dead one left is taken over, by one of any number of racers.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const kernel = await lockByKernel(directory);
  try {
    const release = await lockByFile(directory);
    return async () => {
      await release();
      closeSync(kernel);
    };
  } catch (error) {
    closeSync(kernel);
    throw error;
  }
}

/**
 * Holds an flock until the descriptor is closed or this process ends, however it ends. Node has no call for
 * it: the program `flock` of util-linux takes it on our open file, with which it stays. Where there is no
 * such program the process id alone has to do.
 */
async function lockByKernel(directory: string): Promise<number> {
  const file = openSync(join(directory, 'platform.flock'), 'a', 0o600);
  try {
    if (await flock(file, ['--nonblock'])) return file;
    const holder = await lockHolder(directory);
    if (holder !== undefined) throw platformRunning(directory, holder);
    if (await flock(file, ['--timeout', String(ENDING_SECONDS)])) return file;
    throw platformRunsElsewhere(directory);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** False when somebody else holds the lock of the open file. */
async function flock(file: number, wait: readonly string[]): Promise<boolean> {
  const child = spawn('flock', ['--exclusive', ...wait, '--conflict-exit-code', String(HELD), '3'], {
    stdio: ['ignore', 'ignore', 'ignore', file],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const [code] = await Promise.race([exit, once(child, 'error').then(() => [null] as const)]);
  return code !== HELD;
}

async function lockByFile(directory: string): Promise<() => Promise<void>> {
  const lock = join(directory, 'platform.lock');
  const own = `${lock}.${process.pid}`;
  await writeFile(
    own,
    JSON.stringify({ pid: process.pid, started: (await startedAt(process.pid))! } satisfies LockHolder),
  );
  try {
    while (!(await tryLink(own, lock))) {
      const holder = await read(lock);
      if (holder !== undefined && (await isHolderAlive(holder))) throw platformRunning(directory, holder.pid);
      await removeStale(lock, `${own}.stale`);
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(lock, { force: true });
}

/** Returns the number of the living process that holds the directory, or `undefined`. */
export const lockHolder = async (directory: string): Promise<number | undefined> =>
  (await findLockHolder(directory))?.pid;

/** Returns the living process that holds the directory, or `undefined`. */
export async function findLockHolder(directory: string): Promise<LockHolder | undefined> {
  const holder = await read(join(directory, 'platform.lock'));
  return holder !== undefined && (await isHolderAlive(holder)) ? holder : undefined;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock aside before it looks again: if a racer's fresh lock was moved, it is put back. */
async function removeStale(lock: string, aside: string): Promise<void> {
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  const holder = await read(aside);
  if (holder !== undefined && (await isHolderAlive(holder))) await tryLink(aside, lock);
  await rm(aside, { force: true });
}

async function read(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}

/** Whether this very process lives; one that released its directory can still be ending. */
export async function isHolderAlive({ pid, started }: LockHolder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return (await startedAt(pid)) === started;
}

/** Returns field 22 of /proc/<pid>/stat; empty where there is no /proc, and for a zombie process. */
async function startedAt(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : (fields[18] ?? '');
}
