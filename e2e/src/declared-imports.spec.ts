import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const folders = ['libs', 'services', 'apps', 'examples']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .concat('e2e', 'bench')
  .filter((folder) => existsSync(join(root, folder, 'package.json')));
const nameByFolder = new Map(
  folders.map((folder) => [folder, read<Manifest>(join(root, folder, 'package.json')).name]),
);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        /\.(m?ts|tsx)$/.test(entry.name) &&
        !/\/(dist|node_modules|gen)(\/|$)/.test(entry.parentPath),
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** Our packages that a folder imports, resolves, or runs by the path of what is built of them. */
function usedBy(folder: string): string[] {
  const texts = sources(join(root, folder));
  const imported = texts.flatMap((text) =>
    [
      ...text.matchAll(
        /^(?:import|export) [^;]*?'(@noema\/[a-z0-9-]+)|(?:import|resolve)\('(@noema\/[a-z0-9-]+)/gm,
      ),
    ].map((match) => match[1] ?? match[2]!),
  );
  const run = folders
    .filter((other) => texts.some((text) => text.includes(`'../../../${other}/dist/`)))
    .map((other) => nameByFolder.get(other)!);
  return [...new Set([...imported, ...run])].filter((name) => name !== nameByFolder.get(folder)).sort();
}

it.each(folders)('%s declares and references exactly our packages that it uses', (folder) => {
  const { dependencies, devDependencies } = read<Manifest>(join(root, folder, 'package.json'));
  const { references } = read<{ references: { path: string }[] }>(join(root, folder, 'tsconfig.json'));
  const used = usedBy(folder);
  expect(
    Object.keys({ ...dependencies, ...devDependencies })
      .filter((name) => name.startsWith('@noema/'))
      .sort(),
  ).toEqual(used);
  expect(
    references
      .map(({ path }) => nameByFolder.get(resolve('/', folder, path).slice(1)) ?? basename(path))
      .sort(),
  ).toEqual(used);
});
