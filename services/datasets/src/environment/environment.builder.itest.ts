import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWheel, PYTHON_311, sha256, wheelFile } from '../../test/made-wheels.js';
import type { Entry } from '@noema/testing/zip';
import { buildEnvironment, type WheelFile } from './environment.builder.js';
import { EnvironmentCache } from './environment.cache.js';
import { MAX_WHEELS } from './environment.limits.js';
import { parseRequirements } from './requirements.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let folder: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
  folder = join(directory.path, 'deep', 'environment');
});
afterEach(() => directory.remove());

const build = (wheels: readonly WheelFile[], requirements = 'seven==1.0') =>
  buildEnvironment(join(directory.path, 'environment'), wheels, parseRequirements(requirements), PYTHON_311);
const seven = (entries: readonly Entry[] = []): WheelFile => wheelFile(makeWheel({ entries }));

describe('an environment', () => {
  it('has the packages of its wheels, and none of their scripts and headers', async () => {
    const use = await build(
      [
        seven([
          { name: 'seven-1.0.data/scripts/seven', content: '#!/bin/sh' },
          { name: 'seven-1.0.data/headers/seven.h', content: '' },
          { name: 'seven-1.0.data/platlib/seven/fast.so', content: 'x' },
          { name: 'seven/sub/', content: '' },
        ]),
        wheelFile(makeWheel({ name: 'eight', version: '2.0' })),
      ],
      'seven==1\nEight==2.0',
    );
    const names = await readdir(join(directory.path, 'environment'), { recursive: true });
    expect(names.filter((name) => name.includes('/')).sort()).toEqual([
      'eight-2.0.dist-info/METADATA',
      'eight-2.0.dist-info/WHEEL',
      'eight/__init__.py',
      'seven-1.0.dist-info/METADATA',
      'seven-1.0.dist-info/WHEEL',
      'seven/__init__.py',
      'seven/fast.so',
    ]);
    expect(use.files).toBe(10);
    expect(await readFile(join(directory.path, 'environment/seven/__init__.py'), 'utf8')).toBe('SEVEN = 7\n');
  });

  it.each<[string, () => WheelFile[], string, string, RegExp]>([
    [
      'leads out of its folder',
      () => [seven([{ name: '../evil.py' }])],
      '',
      'WHEEL_INVALID',
      /relative path/,
    ],
    ['is absolute', () => [seven([{ name: '/etc/evil' }])], '', 'WHEEL_INVALID', /relative path/],
    [
      'leads out of its data',
      () => [seven([{ name: 'seven-1.0.data/purelib/../../evil.py' }])],
      '',
      'WHEEL_INVALID',
      /relative path/,
    ],
    [
      'has a link',
      () => [seven([{ name: 'seven/link', content: '/etc/passwd', mode: 0o120777 }])],
      '',
      'WHEEL_INVALID',
      /link or a device/,
    ],
    [
      'has a .pth file',
      () => [seven([{ name: 'evil.pth', content: 'import os; os.abort()' }])],
      '',
      'WHEEL_INVALID',
      /"evil\.pth"/,
    ],
    [
      'has a .pth file among its data',
      () => [seven([{ name: 'seven-1.0.data/purelib/evil.PTH', content: 'import os' }])],
      '',
      'WHEEL_INVALID',
      /"evil\.PTH"/,
    ],
    [
      'is a bomb',
      () => [seven([{ name: 'seven/bomb', content: Buffer.alloc(2 ** 25) }])],
      '',
      'WHEEL_INVALID',
      /times larger/,
    ],
    [
      'is larger than it says',
      () => [seven([{ name: 'seven/lie', content: 'x'.repeat(1000), size: 10 }])],
      '',
      'WHEEL_INVALID',
      /damaged, or larger/,
    ],
    [
      'has a file twice',
      () => [seven([{ name: 'seven/__init__.py', content: 'x' }])],
      '',
      'WHEEL_INVALID',
      /twice/,
    ],
    [
      'is not what its hash says',
      () => [{ ...seven(), sha256: sha256(Buffer.from('other')) }],
      '',
      'WHEEL_INVALID',
      /another size or SHA-256/,
    ],
    [
      'is not among the hashes of the list',
      () => [seven()],
      `seven==1.0 --hash=sha256:${'0'.repeat(64)}`,
      'WHEEL_INVALID',
      /is not in requirements/,
    ],
    [
      'is for another Python',
      () => [wheelFile(makeWheel({ tags: 'cp310-cp310-manylinux2014_x86_64' }))],
      '',
      'WHEEL_UNFIT',
      /Python 3\.11\.7/,
    ],
    ['is not in the list', () => [seven()], 'eight==1', 'WHEEL_INVALID', /does not list seven/],
    ['has another version than the list', () => [seven()], 'seven==1.1', 'WHEEL_INVALID', /pins seven 1\.1/],
    ['is listed without a version', () => [seven()], 'seven>=1\nb', 'REQUIREMENTS_NOT_LOCKED', /seven>=1, b/],
    [
      'calls itself otherwise inside',
      () => [{ ...wheelFile(makeWheel({ name: 'eight' })), fileName: 'seven-1.0-py3-none-any.whl' }],
      '',
      'WHEEL_INVALID',
      /METADATA names eight 1\.0/,
    ],
    [
      'is a folder where another has a file',
      () => [
        seven([{ name: 'eight', content: 'x' }]),
        wheelFile(makeWheel({ name: 'eight', version: '2.0' })),
      ],
      'seven==1.0\neight==2.0',
      'WHEEL_INVALID',
      /a file in one wheel and a folder in another/,
    ],
    [
      'comes twice',
      () => [seven(), { ...seven(), fileName: 'Seven-1.0-py3-none-any.whl' }],
      '',
      'WHEEL_INVALID',
      /another wheel of seven/,
    ],
    [
      'is one of too many',
      () => Array.from({ length: MAX_WHEELS + 1 }, () => seven()),
      '',
      'ENVIRONMENT_TOO_LARGE',
      /201 wheels, and 200 is the limit/,
    ],
    [
      'has more bytes than a wheel may have',
      () => [{ ...seven(), sizeBytes: 2 ** 27 + 1 }],
      '',
      'ENVIRONMENT_TOO_LARGE',
      /134217729 bytes, and 134217728/,
    ],
    [
      'is no zip',
      () => [wheelFile({ fileName: 'seven-1.0-py3-none-any.whl', content: Buffer.from('x') })],
      '',
      'WHEEL_INVALID',
      /no zip archive/,
    ],
  ])('is not built of a wheel that %s', async (_what, wheels, requirements, reason, message) => {
    await expect(build(wheels(), requirements || 'seven==1.0')).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
    expect(existsSync(join(directory.path, 'evil.py'))).toBe(false);
    expect(existsSync(join(directory.path, 'environment', 'evil.pth'))).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('a cache of environments', () => {
  const requirements = parseRequirements('seven==1.0');
  const large = (key: string): WheelFile =>
    seven([{ name: 'seven/data', content: Buffer.from(key.repeat(3000)) }]);

  it('builds one once, also for two at the same time, and one that failed again', async () => {
    const cache = new EnvironmentCache(2 ** 20);
    let reads = 0;
    const wheel = seven();
    const counted = { ...wheel, read: () => ((reads += 1), wheel.read()) };
    const open = (one: WheelFile) => cache.open('k', [one], requirements, PYTHON_311);
    const [first, second] = await Promise.all([open(counted), open(counted)]);
    expect(second.path).toBe(first.path);
    expect(reads).toBe(1);
    await expect(
      cache.open(
        'other',
        [{ ...counted, read: () => Promise.reject(new Error('lost')) }],
        requirements,
        PYTHON_311,
      ),
    ).rejects.toThrow('lost');
    expect((await cache.open('other', [counted], requirements, PYTHON_311)).bytes).toBe(first.bytes);
    await cache.onApplicationShutdown();
    expect(existsSync(first.path)).toBe(false);
  });

  it('checks the list of every request, also of an environment that it has', async () => {
    const cache = new EnvironmentCache(2 ** 20);
    await cache.open('k', [seven()], requirements, PYTHON_311);
    await expect(cache.open('k', [seven()], parseRequirements('seven==2'), PYTHON_311)).rejects.toMatchObject(
      { reason: 'WHEEL_INVALID' },
    );
    await cache.onApplicationShutdown();
  });

  it('deletes what was used least recently, and nothing that is in use', async () => {
    const cache = new EnvironmentCache(30_000);
    const open = (key: string) => cache.open(key, [large(`${key}234`)], requirements, PYTHON_311);
    const a = await open('a');
    const b = await open('b');
    await open('c');
    expect([a, b].map(({ path }) => existsSync(path))).toEqual([true, true]);
    b.release();
    b.release();
    const again = await open('a');
    const d = await open('d');
    expect(existsSync(b.path)).toBe(false);
    expect([again, d].map(({ path }) => existsSync(path))).toEqual([true, true]);
    a.release();
    await open('e');
    expect(existsSync(a.path)).toBe(true);
    again.release();
    await open('f');
    expect(existsSync(a.path)).toBe(false);
    await cache.onApplicationShutdown();
  });
});
