import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assembleImage } from '../src/assemble-image.js';
import { isNeeded } from '../src/image-files.js';
import { type ImagePackage, imageTree } from '../src/image-tree.js';
import { unloaded } from '../src/machine-code.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('what goes into an image', () => {
  it.each([
    ['onnxruntime-node', `bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`, true],
    ['onnxruntime-node', 'bin/napi-v6/win32/x64/onnxruntime.dll', false],
    ['onnxruntime-node', 'bin/napi-v6/linux/mips/libonnxruntime.so.1', false],
    ['kysely', 'dist/esm/kysely.d.ts', false],
    ['kysely', 'dist/esm/kysely.js', true],
    ['kysely', 'dist/cjs/kysely.js', false],
    ['h5wasm', 'dist/esm/hdf5_hl.js', true],
    ['h5wasm', 'dist/iife/h5wasm.js', false],
    ['@opentelemetry/api', 'build/src/index.js', true],
    ['@opentelemetry/api', 'build/esm/index.js', false],
    ['rxjs', 'dist/cjs/index.js', true],
    ['rxjs', 'dist/esm5/index.js', false],
    ['zod', 'LICENSE', true],
    ['zod', 'README.md', false],
    ['@noema/events', 'bus/migrations/0001_bus.sql', true],
    ['@noema/events', 'src/bus.ts', false],
    ['@noema/events', 'dist/src/bus.contract.js', false],
    ['@noema/events', 'dist/src/bus.js', true],
  ])('%s: %s is in: %s', (name, path, needed) => {
    expect(isNeeded(name, path)).toBe(needed);
  });
  it('has the packages that code of users loads by the SDK', async () => {
    const names = (await imageTree(ROOT, 'services/datasets')).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['@noema/integration', '@noema/detection', '@noema/kernel']),
    );
  });
  it('is what a service needs, and nothing of tests', async () => {
    const names = (await imageTree(ROOT, 'services/training')).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['@noema/training', '@noema/host', 'pg', 'onnxruntime-node']),
    );
    for (const name of ['vitest', '@noema/testing', 'typescript', 'mnist', '@nestjs/platform-express'])
      expect(names).not.toContain(name);
  });
});

describe('machine code', () => {
  it('is what the programs of a service and their child processes load', async () => {
    const bundle = await mkdtemp(join(tmpdir(), 'noema-bundle-'));
    const args = [join(ROOT, 'tools/bundle.mjs'), 'training', bundle];
    const loaded = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8' }).stdout) as string[];
    await rm(bundle, { recursive: true });
    expect(loaded).toEqual(expect.arrayContaining(['@duckdb/node-bindings', 'h5wasm', 'onnxruntime-node']));
    expect(loaded).not.toContain('sharp');
    expect([...unloaded(loaded)]).toEqual(['sharp']);
  }, 300_000);
});

describe('the variant of the image that runs user code', () => {
  it('has bubblewrap, and Python with the numpy that the runner needs', async () => {
    const text = await readFile(join(ROOT, 'deploy/docker/service/Containerfile'), 'utf8');
    const sandbox = text.split(/^FROM /m).find((stage) => stage.includes(' AS sandbox'))!;
    const installed = /apt-get install -y --no-install-recommends ([\w -]+)/
      .exec(sandbox)![1]!
      .trim()
      .split(' ');
    expect(installed).toEqual(expect.arrayContaining(['bubblewrap', 'python3', 'python3-numpy']));
    expect(await readFile(join(ROOT, 'tools/images.sh'), 'utf8')).toMatch(
      /"\$service" != datasets .* variant=sandbox/,
    );
  });
});

describe('an assembled root', () => {
  let out: string;
  let packages: ImagePackage[];
  beforeAll(async () => {
    out = await mkdtemp(join(tmpdir(), 'noema-image-'));
    packages = await assembleImage('services/gateway', out);
  }, 300_000);
  afterAll(() => rm(out, { recursive: true, force: true }));

  it('names every package that it carries in a CycloneDX bill, with its licence', async () => {
    const bill = JSON.parse(await readFile(join(out, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      components: {
        name: string;
        group?: string;
        purl: string;
        version: string;
        licenses?: { license: { id?: string; name?: string }; expression?: string }[];
      }[];
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    const named = new Set(bill.components.map(({ purl }) => decodeURIComponent(purl)));
    for (const { name, version } of packages)
      expect(named, `${name} ${version}`).toContain(`pkg:npm/${name}@${version}`);
    const copyleft = bill.components.filter(
      ({ licenses }) =>
        /\b(A?GPL|SSPL)/.test(JSON.stringify(licenses ?? [])) && !/LGPL/.test(JSON.stringify(licenses)),
    );
    expect(copyleft.map(({ purl }) => purl)).toEqual([]);
  });
  it('carries no machine code that the gateway does not load, and no manifest asks for it', async () => {
    const tree = (await imageTree(ROOT, 'services/gateway')).map(({ name }) => name);
    expect(tree).toContain('@duckdb/node-bindings');
    expect(packages.filter(({ name }) => name.startsWith('@duckdb/'))).toEqual([]);
    const manifest = await readFile(join(out, 'node_modules/@noema/artifacts/package.json'), 'utf8');
    expect(manifest).not.toContain('duckdb');
    expect(manifest).toContain('apache-arrow');
  });
  it('has the entry point, bundled, where the image starts it', async () => {
    const containerfile = await readFile(join(ROOT, 'deploy/docker/service/Containerfile'), 'utf8');
    const [, start = ''] = /^WORKDIR \/app\/(.+)$/m.exec(containerfile) ?? [];
    const main = join(out, start, 'dist/src/main.js');
    expect(await readFile(main, 'utf8')).toMatch(/from ?"\.\/shared-/);
    const { status, stderr } = spawnSync(process.execPath, [main], { env: {}, encoding: 'utf8' });
    expect(stderr).toContain('NOEMA_AUTH_JWKS is missing');
    expect(status).toBe(78);
  });
});
