import { execFile } from 'node:child_process';
import { cp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { copyPackage } from './image-files.js';
import { type ImagePackage, imageTree } from './image-tree.js';
import { dropDependencies, unloaded } from './machine-code.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BUNDLER = join(ROOT, 'tools/bundle.mjs');
const run = promisify(execFile);
/** It runs integrations in Python by the runner of the Python package. */
const SERVICE_OF_INTEGRATIONS = 'services/datasets';
const PYTHON_PACKAGE = 'sdks/python/src/noema';

/**
 * Lays out the root of an image below `out`: the compiled workspace with exactly the packages that it needs
 * on this platform, `service`, a link to the workspace's own package, and `sbom.cdx.json`, the CycloneDX bill
 * of what was laid out, which npm reads off the folder itself. A package with machine code that no program of the
 * workspace loads is left out. Returns the packages.
 */
export async function assembleImage(workspace: string, out: string): Promise<ImagePackage[]> {
  await rm(out, { recursive: true, force: true });
  // The image's entry points are bundles, which start in a third of the time. Modules for child processes are
  // copied unchanged.
  const bundle = join(out, 'bundle');
  const { stdout: loaded } = await run('node', [BUNDLER, basename(workspace), bundle]);
  const without = unloaded(JSON.parse(loaded) as string[]);
  const packages = await imageTree(ROOT, workspace, without);
  const { name, version, license } = JSON.parse(
    await readFile(join(ROOT, workspace, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license: string };
  const { overrides } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    overrides: Record<string, string>;
  };
  for (const item of packages) {
    await copyPackage(item, out);
    await dropDependencies(join(out, item.to, 'package.json'), without);
  }
  await symlink(join('node_modules', name), join(out, 'service'));
  if (workspace === SERVICE_OF_INTEGRATIONS)
    await cp(join(ROOT, PYTHON_PACKAGE), join(out, 'node_modules', name, 'python/noema'), {
      recursive: true,
      filter: (path) => basename(path) !== '__pycache__',
    });
  await cp(bundle, join(out, 'node_modules', name, 'dist/src'), { recursive: true });
  await rm(bundle, { recursive: true });
  const own = Object.fromEntries(
    packages
      .filter((item) => !item.to.slice('node_modules/'.length).includes('node_modules'))
      .map((item) => [item.name, item.version]),
  );
  const manifest = {
    name: `${name}-image`,
    version,
    license,
    private: true,
    type: 'module',
    dependencies: own,
    overrides,
  };
  await writeFile(join(out, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const { stdout } = await run('npm', ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'], {
    cwd: out,
    maxBuffer: 64 * 2 ** 20,
  });
  await writeFile(join(out, 'sbom.cdx.json'), stdout);
  return packages;
}
