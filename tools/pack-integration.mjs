// Packs `@noema/integration` with the packages of this repository that it needs inside it into
// dist/packages/noema-integration-<version>.tgz, for `npm install` in folders outside of this one.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SDK = join(ROOT, 'libs', 'integration');
/** Packages that lie inside it, by the names of their folders. */
const INSIDE = ['kernel', 'detection'].map((name) => join(ROOT, 'libs', name));
const isShipped = (path) => !/\.(spec|itest)\.|\.map$|tsbuildinfo$/.test(path);

/** Compiled sources of a package, without tests and maps. */
const compiled = (folder) =>
  readdirSync(join(folder, 'dist', 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && isShipped(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function stage(folder, from, change) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(from, 'dist', 'src'), join(folder, 'dist', 'src'), { recursive: true, filter: isShipped });
  const { private: _private, scripts: _scripts, ...manifest } = readManifest(from);
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...manifest, files: ['dist'], ...change }, undefined, 2)}\n`,
  );
}

const { version } = readManifest(SDK);
const packed = join(ROOT, 'dist', 'packages', `noema-integration-${version}.tgz`);
const newest = Math.max(
  ...[...[SDK, ...INSIDE].flatMap(compiled), fileURLToPath(import.meta.url)].map(
    (path) => statSync(path).mtimeMs,
  ),
);
if (!existsSync(packed) || statSync(packed).mtimeMs < newest) {
  const work = mkdtempSync(join(tmpdir(), 'noema-pack-'));
  try {
    const folder = join(work, 'package');
    // npm fetches nothing for a package that is inside another one, so the outer one names what all need.
    const dependencies = Object.assign(
      {},
      ...[SDK, ...INSIDE].map((from) => readManifest(from).dependencies),
    );
    stage(folder, SDK, { bundleDependencies: INSIDE.map((from) => readManifest(from).name), dependencies });
    cpSync(join(SDK, 'README.md'), join(folder, 'README.md'));
    for (const from of INSIDE) stage(join(folder, 'node_modules', readManifest(from).name), from, {});
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    mkdirSync(join(ROOT, 'dist', 'packages'), { recursive: true });
    renameSync(join(work, `noema-integration-${version}.tgz`), `${packed}.${process.pid}`);
    renameSync(`${packed}.${process.pid}`, packed);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
