import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this repository lies. */
export const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Commit of the version before this one. */
export const PREVIOUS = 'bb7bce2';

/** Whether the history with the previous version is here; an export of the sources has no history. */
export function hasPrevious(): boolean {
  try {
    execFileSync('git', ['cat-file', '-e', `${PREVIOUS}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
    return true;
  } catch {
    console.warn(
      `the commit ${PREVIOUS} of the previous version is not here: this is no clone with its history`,
    );
    return false;
  }
}

/** Lays files of the previous version, all when none are named, into a directory. */
export function exportPrevious(directory: string, ...paths: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  execFileSync('tar', ['x', '-C', directory], {
    input: execFileSync('git', ['archive', PREVIOUS, ...paths], { cwd: ROOT, maxBuffer: 2 ** 30 }),
  });
}

/**
 * The whole previous version, built in a directory; it shares the third-party packages that are installed
 * here.
 */
export function buildPrevious(directory: string): void {
  exportPrevious(directory);
  linkPackages(directory);
  execFileSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-b'], {
    cwd: directory,
    stdio: 'inherit',
  });
}

/** Links third-party packages from this checkout, and our packages from the directory. */
function linkPackages(directory: string): void {
  const [here, there] = [join(ROOT, 'node_modules'), join(directory, 'node_modules')];
  mkdirSync(join(there, '@noema'), { recursive: true });
  for (const name of readdirSync(here))
    if (name !== '@noema') symlinkSync(join(here, name), join(there, name));
  for (const folder of packageFolders(directory)) {
    const { name } = JSON.parse(readFileSync(join(directory, folder, 'package.json'), 'utf8')) as {
      name: string;
    };
    symlinkSync(join('../..', folder), join(there, name));
  }
  const own = join(ROOT, 'services/gateway/node_modules');
  if (existsSync(own)) symlinkSync(own, join(directory, 'services/gateway/node_modules'));
}

/** Folders of the packages of a version: a package may have moved since then. */
function packageFolders(directory: string): string[] {
  return ['libs', 'services', 'apps', 'examples']
    .flatMap((kind) => readdirSync(join(directory, kind)).map((name) => join(kind, name)))
    .concat('e2e', 'bench', 'deploy')
    .filter((folder) => existsSync(join(directory, folder, 'package.json')));
}
