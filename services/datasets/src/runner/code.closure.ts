import { lstat, readFile, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const IMPORT = /\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g;
const PACKAGE_NAME = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;
const MAX_FILES = 1_000;
const MAX_PACKAGES = 2_000;

/** Files that a process needs to run some code: read-only paths, and links by their position. */
export interface CodeClosure {
  readonly paths: ReadonlySet<string>;
  readonly links: ReadonlyMap<string, string>;
  /** Directories that are seen elsewhere: inside → outside. */
  readonly mounts?: ReadonlyMap<string, string>;
}

/**
 * Collects files, packages and what these depend on. Paths are real ones; a link inside one of `fenced` that
 * leads out of them is not followed.
 */
export class ClosureBuilder implements CodeClosure {
  readonly paths = new Set<string>();
  readonly links = new Map<string, string>();

  constructor(private readonly fenced: readonly string[] = []) {}

  /** A module, what it imports by path, and the packages that it names. */
  async addModule(path: string): Promise<void> {
    const files = [path];
    for (let i = 0; i < files.length && i < MAX_FILES; i++) {
      const file = files[i]!;
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined || !staysBelow(this.fenced, file, await realpath(file))) continue;
      for (const seen of [file, `${file}.map`, join(dirname(file), 'package.json')])
        if (await exists(seen)) this.paths.add(seen);
      for (const [, specifier] of text.matchAll(IMPORT)) {
        const imported = specifier!.startsWith('.')
          ? resolve(dirname(file), specifier!)
          : specifier!.startsWith('file:')
            ? fileURLToPath(specifier!)
            : undefined;
        if (imported !== undefined && !files.includes(imported)) files.push(imported);
        if (imported === undefined) await this.addPackage(parsePackage(specifier!), dirname(file));
      }
    }
    const manifest = await findAbove(path, 'package.json');
    if (manifest !== undefined) this.paths.add(manifest);
  }

  /** A package's directory and its dependencies, as node finds them from there. */
  async addDirectory(directory: string): Promise<void> {
    if (this.paths.has(directory) || this.paths.size > MAX_PACKAGES) return;
    this.paths.add(directory);
    const manifest = await readManifest(directory);
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
      const names = manifest[kind];
      if (typeof names === 'object' && names !== null)
        for (const name of Object.keys(names)) await this.addPackage(name, directory);
    }
  }

  private async addPackage(name: string | undefined, from: string): Promise<void> {
    if (name === undefined || !PACKAGE_NAME.test(name)) return;
    for (let at = from; ; at = dirname(at)) {
      const place = join(at, 'node_modules', name);
      const stat = await lstat(place).catch(() => undefined);
      if (stat !== undefined) {
        const real = await realpath(place);
        if (!staysBelow(this.fenced, place, real)) return;
        if (stat.isSymbolicLink()) this.links.set(place, resolve(dirname(place), await readlink(place)));
        return this.addDirectory(real);
      }
      if (dirname(at) === at) return;
    }
  }
}

/** False for a path in one of the directories whose real path leads out of it. */
export const staysBelow = (directories: readonly string[], place: string, real: string): boolean =>
  directories.every((root) => !isBelow(place, root) || isBelow(real, root));

/** True for a path in a directory, or the directory itself. */
export const isBelow = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** The nearest file of a name in the folder of another file or above it, such as its package.json. */
export async function findAbove(file: string, name: string): Promise<string | undefined> {
  for (let at = dirname(file); ; at = dirname(at)) {
    if (await exists(join(at, name))) return join(at, name);
    if (dirname(at) === at) return undefined;
  }
}

async function readManifest(directory: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await readFile(join(directory, 'package.json'), 'utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
const parsePackage = (specifier: string): string | undefined =>
  specifier.startsWith('node:')
    ? undefined
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
