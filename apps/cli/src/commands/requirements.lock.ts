import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { type PythonDescription, pythonEnvironments } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { describePlatform } from './environment.upload.js';
import { pythonFolder, readText } from './python.requirements.js';
import { type DownloadedWheel, pipProgram, withWheels } from './wheel.download.js';

/** Which interpreter the list is for: by default that of the platform. */
export interface LockOptions {
  /** The interpreter of this machine. */
  readonly local?: boolean;
  /** Version of an interpreter, such as 3.12, on `platform`. */
  readonly python?: string;
  /** Tag of a platform, such as manylinux_2_28_x86_64. */
  readonly platform?: string;
}

export interface LockResult {
  readonly path: string;
  readonly packages: readonly string[];
  readonly python: PythonDescription;
}

/**
 * Writes the requirements.txt of a module or folder: exact versions, with hashes, of what its requirements.in, or
 * else its requirements.txt, names and of all that this needs. Where there is a choice, numpy has the version of
 * the interpreter. Throws `invalid` REQUIREMENTS_MISSING, `precondition` PIP_FAILED.
 */
export async function lockRequirements(
  context: CommandContext,
  path: string,
  options: LockOptions,
): Promise<LockResult> {
  const folder = await pythonFolder(path);
  if (folder === undefined)
    throw missing(`"${path}" is neither a module in Python nor a folder with integration.py`);
  const source = await firstText(folder, ['requirements.in', 'requirements.txt']);
  if (source === undefined)
    throw missing(
      `there is neither requirements.in nor requirements.txt in "${folder}"; write one package a line`,
    );
  const python = await chooseInterpreter(context, options);
  context.terminal.note(`choosing wheels of ${source.name} for Python ${python.version}`);
  const packages = await resolve(source.text, python, context.signal);
  const file = join(folder, 'requirements.txt');
  const head =
    `# Written by "noema integration lock" from ${source.name}, for Python ${python.version} on ` +
    `${python.platforms[0] ?? 'an unknown platform'}.`;
  await writeFile(file, `${[head, ...packages].join('\n')}\n`);
  return { path: file, packages: packages.map((line) => line.split(' ')[0]!), python };
}

async function resolve(
  requirements: string,
  python: PythonDescription,
  signal: AbortSignal,
): Promise<string[]> {
  const { canonicalName, parseWheelName } = await pythonEnvironments();
  const own = requirements.split('\n').filter((line) => !/^\s*noema\s*([#;].*)?$/.test(line));
  const lines = (wheels: readonly DownloadedWheel[]): Promise<string[]> =>
    Promise.resolve(
      wheels.map(({ fileName, sha256 }) => {
        const { name, version } = parseWheelName(fileName);
        return `${canonicalName(name)}==${version} --hash=sha256:${sha256}`;
      }),
    );
  const numpy = python.packages.get('numpy');
  const options = { requirements: own.join('\n'), python, signal };
  if (numpy === undefined) return withWheels(options, lines);
  return withWheels({ ...options, constraints: [`numpy==${numpy}`] }, lines).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return withWheels(options, lines); // the packages need another numpy, which the environment brings
  });
}

async function chooseInterpreter(
  context: CommandContext,
  { local, python, platform }: LockOptions,
): Promise<PythonDescription> {
  const { describeInterpreter, platformTags } = await pythonEnvironments();
  if (local === true) return describeInterpreter(pipProgram());
  if (python === undefined && platform === undefined) {
    const noema = await context.connect();
    return describePlatform(noema, await context.projectId(noema));
  }
  const minor = /^3\.(\d+)(?:\.\d+)?$/.exec(python ?? '')?.[1];
  const linux = /^manylinux_2_(\d+)_(\w+)$/.exec(platform ?? '');
  if (minor === undefined || platform === undefined)
    throw missing(
      '--python is a version such as 3.12, and --platform a tag such as manylinux_2_28_x86_64; give both',
    );
  return {
    version: python!,
    abi: `cp3${minor}`,
    platforms:
      linux === null ? [platform] : platformTags({ platform: `linux-${linux[2]!}`, glibc: `2.${linux[1]!}` }),
    packages: new Map(),
  };
}

async function firstText(
  folder: string,
  names: readonly string[],
): Promise<{ readonly name: string; readonly text: string } | undefined> {
  for (const name of names) {
    const text = await readText(join(folder, name));
    if (text !== undefined) return { name, text };
  }
  return undefined;
}

const missing = (why: string): DomainError => new DomainError('invalid', 'REQUIREMENTS_MISSING', why);
