import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { DomainError } from '@noema/kernel';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A package that an image carries. */
export interface ImagePackage {
  readonly name: string;
  readonly version: string;
  /** Where it lies in the repository. */
  readonly from: string;
  /** Where it goes, relative to the image's folder. */
  readonly to: string;
}

/**
 * Lists the packages that a workspace needs at run time and nothing else: its dependencies and theirs, found
 * as Node finds them, each at the place where Node will find it again. Throws `precondition` PACKAGE_MISSING
 * for a dependency that is not installed. Nothing needs a package of `without`.
 */
export async function imageTree(
  root: string,
  workspace: string,
  without: ReadonlySet<string> = new Set(),
): Promise<ImagePackage[]> {
  const found = new Map<string, ImagePackage>();
  const visit = async (folder: string): Promise<void> => {
    if (found.has(folder)) return;
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
    found.set(folder, {
      name: manifest.name,
      version: manifest.version,
      from: folder,
      to: await findPlace(root, folder),
    });
    const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
      (name) => manifest.peerDependenciesMeta?.[name]?.optional !== true,
    );
    for (const name of [
      ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
      ...peers,
    ]) {
      if (without.has(name)) continue;
      const next = await resolve(folder, name);
      if (next !== undefined) await visit(next);
      else if (!(name in (manifest.optionalDependencies ?? {})))
        throw new DomainError(
          'precondition',
          'PACKAGE_MISSING',
          `${manifest.name} needs ${name}, which is not installed; run \`make install\``,
        );
    }
  };
  await visit(await realpath(join(root, workspace)));
  return [...found.values()].sort((a, b) => (a.to < b.to ? -1 : 1));
}

async function resolve(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    const real = await realpath(candidate).catch(() => undefined);
    if (real !== undefined) return real;
    if (folder === dirname(folder)) return undefined;
  }
}

/** A workspace goes to `node_modules/<its name>`, and what is nested in it stays nested. */
async function findPlace(root: string, folder: string): Promise<string> {
  const path = relative(root, folder);
  if (path.startsWith(`node_modules${sep}`)) return path;
  const [area = '', name = ''] = path.split(sep);
  const workspace = JSON.parse(await readFile(join(root, area, name, 'package.json'), 'utf8')) as Manifest;
  return join('node_modules', workspace.name, relative(join(area, name), path));
}
