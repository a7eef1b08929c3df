import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonEnvironments } from '@noema/standalone';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from './command-context.js';
import { localEnvironment } from './environment.cache.js';
import { chooseWheels, readRequirements } from './python.requirements.js';
import { lockRequirements } from './requirements.lock.js';
import { pipProgram, withWheels } from './wheel.download.js';

/** Writes wheels of packages in pure Python: `name==version`, and what each needs. */
const WHEELS = `
import sys, zipfile
folder, *packages = sys.argv[1:]
for package in packages:
    pin, _, needs = package.partition(" needs ")
    name, version = pin.split("==")
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(f"{folder}/{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"VERSION = {version!r}")
        requires = f"Requires-Dist: {needs}\\n" if needs else ""
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n{requires}")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
`;

const why = await (await pythonEnvironments()).describeInterpreter(pipProgram()).then(
  () => {
    try {
      execFileSync(pipProgram(), ['-m', 'pip', '--version'], { stdio: 'ignore' });
      return undefined;
    } catch {
      return `${pipProgram()} has no pip`;
    }
  },
  (error: Error) => error.message,
);
if (why !== undefined) console.warn(`skipped: environments of integrations in Python: ${why}`);

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let module: string;
const notes: string[] = [];
const context = {
  terminal: { note: (text: string) => void notes.push(text) },
  signal: new AbortController().signal,
} as unknown as CommandContext;

beforeEach(async () => {
  directory = await temporaryDirectory();
  notes.length = 0;
  module = join(directory.path, 'code', 'integration.py');
  const index = join(directory.path, 'index');
  await mkdir(index);
  await mkdir(join(directory.path, 'code'));
  await writeFile(module, '');
  execFileSync(pipProgram(), ['-c', WHEELS, index, 'mine==1.0 needs other>=2', 'other==2.1', 'other==1.0']);
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', index);
  vi.stubEnv('XDG_CACHE_HOME', join(directory.path, 'cache'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await directory.remove();
});

const put = (text: string, name = 'requirements.txt') => writeFile(join(directory.path, 'code', name), text);

describe.skipIf(why !== undefined)('the requirements of an integration in Python', () => {
  it('are locked with their hashes and with all that they need', async () => {
    await put('mine\nnoema\n', 'requirements.in');
    const { packages, path } = await lockRequirements(context, module, { local: true });
    expect(packages).toEqual(['mine==1.0', 'other==2.1']);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines[0]).toContain('from requirements.in, for Python 3.');
    expect(lines[1]).toMatch(/^mine==1\.0 --hash=sha256:[0-9a-f]{64}$/);
    await expect(lockRequirements(context, '/nowhere', {})).rejects.toMatchObject({
      reason: 'REQUIREMENTS_MISSING',
    });
    await expect(lockRequirements(context, module, { python: '3' })).rejects.toMatchObject({
      reason: 'REQUIREMENTS_MISSING',
      message: expect.stringContaining('--platform') as string,
    });
  });

  it('become an environment that is built once', async () => {
    await put('mine==1.0\nother==2.1');
    const requirements = (await readRequirements(module))!;
    const built = (await localEnvironment(context, requirements))!;
    expect(existsSync(join(built.path, 'mine.py'))).toBe(true);
    vi.stubEnv('PIP_FIND_LINKS', '/nowhere');
    expect(await localEnvironment(context, requirements)).toEqual(built);
    expect(notes).toHaveLength(1);
  });

  it('need no environment where the interpreter has the packages', async () => {
    await put('numpy\nmissing; python_version < "3"');
    expect(await localEnvironment(context, (await readRequirements(module))!)).toBeUndefined();
  });

  it.each([
    ['pins no version', 'mine>=1\nother', 'REQUIREMENTS_NOT_LOCKED', /mine>=1, other/],
    ['lacks what a package needs', 'mine==1.0', 'REQUIREMENTS_NOT_LOCKED', /other is missing/],
    ['names a package that does not exist', 'nothing==1', 'PIP_FAILED', /nothing==1/],
    [
      'has a hash of another file',
      `mine==1.0 --hash=sha256:${'0'.repeat(64)}\nother==2.1 --hash=sha256:${'0'.repeat(64)}`,
      'PIP_FAILED',
      /HASH|hash/,
    ],
  ])('are refused by name where a line %s', async (_what, text, reason, message) => {
    await put(text);
    await expect(localEnvironment(context, (await readRequirements(module))!)).rejects.toMatchObject({
      reason,
      message: expect.stringMatching(message) as string,
    });
  });

  it('send no wheel of a version that the interpreter has', async () => {
    await put('mine==1.0\nother==2.1');
    const { describeInterpreter } = await pythonEnvironments();
    const python = await describeInterpreter(pipProgram());
    const packages = new Map([...python.packages, ['other', '2.1.0']]);
    const requirements = (await readRequirements(module))!;
    const names = await withWheels(
      { requirements: requirements.text, python, signal: context.signal },
      async (wheels) =>
        (await chooseWheels(wheels, requirements, { ...python, packages })).map(({ fileName }) => fileName),
    );
    expect(names).toEqual(['mine-1.0-py3-none-any.whl']);
  });
});
