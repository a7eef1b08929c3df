import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '@noema/kernel';

const run = promisify(execFile);

/** The account that PostgreSQL runs under; PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to run under: `undefined` (our own) unless we are root; then `postgres`, which is made when it
 * does not exist.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const found = await lookUp();
  if (found !== undefined) return found;
  await run('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    'postgres',
  ]).catch(() => undefined);
  const made = await lookUp();
  if (made === undefined) {
    throw new DomainError(
      'precondition',
      'POSTGRES_ACCOUNT',
      'PostgreSQL cannot run as root and the account "postgres" could not be made; start Noema as ' +
        'another user, or run: useradd --system postgres',
    );
  }
  return made;
}

async function lookUp(): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'])).stdout)),
    );
    return { uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}

/** True when an unprivileged account may pass through every folder above each path. */
export async function isReachable(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const { mode } = await stat(folder);
      if ((mode & 0o001) === 0) return false;
      if (folder === dirname(folder)) break;
    }
  }
  return true;
}
