import { randomUUID } from 'node:crypto';
import { access, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { serverAccount } from './account.js';
import { embeddedBinaries } from './binaries.js';
import { launch } from './launch.js';

/** True when the directory holds a complete cluster. */
export const isInitialised = (directory: string): Promise<boolean> =>
  access(join(directory, 'global', 'pg_control')).then(() => true, () => false);

/** Makes a cluster (UTF-8, byte order, scram passwords) whose superuser `postgres` has the given password. Throws `internal` with initdb's own words. */
export async function initialiseCluster(directory: string, password: string): Promise<void> {
  const { initdb } = await embeddedBinaries();
  const account = await serverAccount();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const passwordFile = join(tmpdir(), `noema-${randomUUID()}`);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account !== undefined) await Promise.all([directory, passwordFile].map((path) => chown(path, account.uid, account.gid)));
  try {
    const args = [`--pgdata=${directory}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
    const child = await launch(initdb, args, [join(directory, '.')]);
    let said = '';
    child.stdout?.resume();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { said += text; });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new DomainError('internal', 'POSTGRES_INITDB', `initdb failed for ${directory}: ${said.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}
