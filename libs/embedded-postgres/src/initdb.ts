import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, chown, type FileHandle, mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import { listProcesses, type ProcessEntry } from '@noema/kernel/processes';
import { type Account, serverAccount } from './account.js';
import { embeddedBinaries } from './binaries.js';
import { launch } from './launch.js';

/** True when the directory holds a complete cluster: it gets its name only when it is whole. */
export const isInitialised = (directory: string): Promise<boolean> =>
  access(join(directory, 'global', 'pg_control')).then(
    () => true,
    () => false,
  );

/**
 * Makes a cluster (UTF-8, byte order, scram passwords) whose superuser `postgres` has the given password. It
 * is made next to the directory, as `<directory>.new`, and takes its name when every file is on the disk;
 * what a killed predecessor left there is removed. Throws `internal` POSTGRES_INITDB with initdb's own words,
 * `precondition` POSTGRES_UNFINISHED for a directory with files and without a complete cluster.
 */
export async function initialiseCluster(directory: string, password: string): Promise<void> {
  const { initdb } = await embeddedBinaries();
  const account = await serverAccount();
  const unfinished = `${directory}.new`;
  await removeEmpty(directory);
  await endForgotten(unfinished);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o700 });
  if (account !== undefined) await chown(unfinished, account.uid, account.gid);
  const secret = await unnamedFile(join(tmpdir(), `noema-${randomUUID()}`), `${password}\n`, account);
  try {
    const args = [
      `--pgdata=${unfinished}`,
      '--username=postgres',
      '--pwfile=/dev/stdin',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ];
    const child = await launch(initdb, args, [join(unfinished, '.')], secret.fd);
    child.stdout?.resume();
    const [said, [code]] = await Promise.all([
      text(child.stderr!),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    if (code !== 0)
      throw new DomainError('internal', 'POSTGRES_INITDB', `initdb failed for ${directory}: ${said.trim()}`);
  } finally {
    await secret.close();
  }
  await rename(unfinished, directory);
  await syncDirectory(dirname(directory));
}

/** A file that has lost its name before it gets its content: nothing of it outlives us, however we end. */
async function unnamedFile(path: string, content: string, account: Account | undefined): Promise<FileHandle> {
  const file = await open(path, 'wx+', 0o600);
  await rm(path);
  if (account !== undefined) await file.chown(account.uid, account.gid);
  // at a position, so that a reader that shares the descriptor begins at the start
  await file.write(content, 0);
  return file;
}

/** Removes the directory when it is empty. A directory with files stays: they may be somebody's data. */
async function removeEmpty(directory: string): Promise<void> {
  await rmdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return;
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    throw new DomainError(
      'precondition',
      'POSTGRES_UNFINISHED',
      `${directory} holds files and no complete database, as a first start of an older version leaves ` +
        'when it is killed; move it away when nothing was stored yet, else restore a backup',
    );
  });
}

/**
 * Ends what a killed predecessor still runs on the folder: initdb, the server that it bootstraps, and the
 * shell between them.
 */
async function endForgotten(directory: string): Promise<void> {
  // A process that begins another program shows no command for a moment: only a second empty look says that
  // there is none.
  for (let empty = 0; empty < 2; await delay(20)) {
    const left = await findProcesses(directory);
    empty = left.length === 0 ? empty + 1 : 0;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }
}

/**
 * The processes of PostgreSQL that work on the folder: initdb names it as an argument, what initdb starts has
 * it in its environment.
 */
async function findProcesses(directory: string): Promise<number[]> {
  const isOurs = ({ args, environment }: ProcessEntry): boolean =>
    args.some((arg) => /initdb|postgres/.test(arg)) &&
    (args.some((arg) => arg.split('=').includes(directory)) || environment.includes(`PGDATA=${directory}`));
  return (await listProcesses()).filter(isOurs).map(({ pid }) => pid);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
