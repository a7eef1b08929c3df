import { existsSync } from 'node:fs';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMatrix } from '@noema/artifacts';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PYTHON } from '../../../test/python-interpreter.js';
import { moduleRunner, orderOfModule } from '../../../test/runner-orders.js';
import { BubblewrapIsolation } from '../bubblewrap.isolation.js';
import { moduleDigest } from '../module-digest.js';
import { TrustedIsolation } from '../trusted.isolation.js';
import { findImports } from './python.imports.js';
import { pythonRuntime } from './python.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
const { signal } = new AbortController();
/** The authorities that the machine trusts, as Debian has them. */
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

const put = async (path: string, text = ''): Promise<string> => {
  const file = join(directory.path, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
};

describe('the modules that a module imports', () => {
  it('are those next to it, with their packages, and none of the interpreter', async () => {
    for (const path of ['own/__init__.py', 'own/deep/__init__.py', 'own/deep/c.py', 'b.py', 'own/d.py'])
      await put(path);
    const names = async (file: string, text: string) =>
      (await findImports(text, join(directory.path, file))).map((path) =>
        path.slice(directory.path.length + 1),
      );
    expect(await names('a.py', 'import json, b as short\nfrom own.deep import c\n')).toEqual([
      'b.py',
      'own/__init__.py',
      'own/deep/__init__.py',
      'own/deep/c.py',
    ]);
    expect(await names('own/deep/c.py', 'from ..d import x\nimport b')).toEqual(['b.py', 'own/d.py']);
    expect(await names('a.py', '# import b\ntext = "import b"\n    import own\n')).toEqual([
      'own/__init__.py',
    ]);
  });

  it('change the digest of the module', async () => {
    const module = await put('integration.py', 'import helper\n');
    await put('helper.py', 'ONE = 1');
    const before = await moduleDigest(module);
    expect(await moduleDigest(module)).toBe(before);
    await put('helper.py', 'ONE = 2');
    expect(await moduleDigest(module)).not.toBe(before);
  });

  it('are seen in a sandbox, with the requirements; of a project the whole folder', async () => {
    const module = await put('integration.py', 'import helper\n');
    const helper = await put('helper.py');
    await put('other.py');
    const requirements = await put('requirements.txt');
    expect((await pythonRuntime.findClosure(module, [])).paths).toEqual(
      new Set([module, helper, requirements]),
    );
    await put('pyproject.toml');
    expect((await pythonRuntime.findClosure(module, [])).paths).toEqual(new Set([directory.path]));
  });
});

describe('an interpreter', () => {
  it.each<[string, () => Promise<string>, RegExp]>([
    ['does not exist', () => Promise.resolve('/nowhere/python'), /\/nowhere\/python does not run/],
    ['is not on the PATH', () => Promise.resolve('missing-python'), /no program "missing-python"/],
    ['is another program', () => put('python', '#!/bin/sh\necho hello\n'), /is no interpreter of Python/],
    [
      'is too old',
      () =>
        put(
          'python',
          '#!/bin/sh\necho \'{"version":[3,8,1],"executable":"x","numpy":"1",' +
            '"file":"x","folders":[],"libraries":[],"links":{},"files":[]}\'\n',
        ),
      /is Python 3\.8\.1, and 3\.9 or later is needed/,
    ],
    [
      'has no numpy',
      () =>
        put(
          'python',
          '#!/bin/sh\necho \'{"version":[3,12,1],"executable":"x","numpy":null,' +
            '"why":"no module","file":"x","folders":[],"libraries":[],"links":{},"files":[]}\'\n',
        ),
      /x cannot import numpy \(no module\); install Python/,
    ],
  ])('that %s is refused by name', async (_what, make, message) => {
    const path = await make();
    if (path.startsWith(directory.path)) await chmod(path, 0o755);
    await expect(new TrustedIsolation({ python: path }).require(pythonRuntime)).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'INTEGRATION_RUNTIME_UNAVAILABLE',
      message: expect.stringMatching(message) as string,
    });
  });
});

const bubblewrap = new BubblewrapIsolation({
  roots: [],
  memoryBytes: 2 ** 30,
  cpuMs: 60_000,
  tasks: 64,
  tmpBytes: 2 ** 20,
  interpreters: { python: PYTHON },
});
const noSandbox = await bubblewrap.require(pythonRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (noSandbox !== undefined) console.warn(`skipped: a sandbox with network for Python: ${noSandbox}`);

it.skipIf(noSandbox !== undefined || !existsSync(AUTHORITIES))(
  'a sandbox with network knows the certificates of authorities, and one without does not',
  async () => {
    await chmod(directory.path, 0o755);
    const path = await put(
      'integration.py',
      `from noema.integration import input, splits
import ssl

@splits
def data():
    return {"training": 1}

@input
def authorities():
    return ssl.create_default_context().cert_store_stats()["x509_ca"]
`,
    );
    for (const [hosts, least, most] of [
      [['data.example.org'], 1, 100_000],
      [[], 0, 0],
    ] as const) {
      const runner = moduleRunner(bubblewrap, { networkAllowed: true });
      const order = { ...(await orderOfModule(path, 1)), hosts };
      const plan = await runner.plan(order, signal);
      const { inputs } = await runner.encode(
        order,
        plan,
        { firstRow: 0, rowCount: 1 },
        signal,
        () => undefined,
      );
      const [count] = readMatrix(inputs).float32('authorities').data;
      expect(count).toBeGreaterThanOrEqual(least);
      expect(count).toBeLessThanOrEqual(most);
      await runner.close();
    }
  },
);

const missing = await new TrustedIsolation({ python: PYTHON }).require(pythonRuntime).then(
  () => undefined,
  (error: Error) => error.message,
);
if (missing !== undefined) console.warn(`skipped: a process of Python: ${missing}`);

describe.skipIf(missing !== undefined)('a process of Python', () => {
  const isolation = new TrustedIsolation({ python: PYTHON });
  const module = (x: string) => `
from noema.integration import input, metadata, splits
import os, sys
calls = 0

@splits
def data(secrets):
    global calls
    calls += 1
    return {"training": 200}

@input
def x(index):
    return ${x}

@metadata
def ran():
    return calls
`;

  it('keeps its data for the next shards, and reports how far it is', async () => {
    const runner = moduleRunner(isolation);
    const order = await orderOfModule(await put('integration.py', module('[index, 0]')), 100);
    const plan = await runner.plan(order, signal);
    const seen: number[] = [];
    for (const firstRow of [0, 100]) {
      const shard = await runner.encode(order, plan, { firstRow, rowCount: 100 }, signal, (done) => {
        seen.push(done);
      });
      expect(new Set(shard.samples.metadata[0]!.values)).toEqual(new Set([1]));
      expect(shard.samples.sampleIds[0]).toBe(String(firstRow));
    }
    expect(seen.filter((done) => done === 64 || done === 100)).toEqual([64, 100, 64, 100]);
    await runner.close();
  });

  it.each([
    ['os.abort()', 'INTEGRATION_CRASHED'],
    ['os.kill(os.getpid(), 9)', 'INTEGRATION_CRASHED'],
    ['sys.exit("no more paper")', 'INTEGRATION_CRASHED'],
  ])('that ends by itself is unavailable: %s', async (end, reason) => {
    const runner = moduleRunner(isolation);
    const order = await orderOfModule(await put('integration.py', module(end)), 100);
    const ended = await runner.plan(order, signal).then(
      () => undefined,
      (error: Error & { readonly reason: string }) => error,
    );
    expect(ended).toMatchObject({ kind: 'unavailable', reason });
    if (end.includes('paper')) expect(ended!.message).toContain('It wrote last: no more paper');
    await runner.close();
  });

  it('does not see the environment of the service, and finds a module behind a link', async () => {
    const runner = moduleRunner(isolation);
    const real = await put('real/integration.py', module('len(os.environ)'));
    const link = join(directory.path, 'linked.py');
    await symlink(real, link);
    expect(await realpath(link)).toBe(real);
    const order = await orderOfModule(link, 100);
    const plan = await runner.plan(order, signal);
    expect(plan.inputs).toEqual([{ name: 'x', type: 'float32', dims: [] }]);
    await runner.close();
  });
});
