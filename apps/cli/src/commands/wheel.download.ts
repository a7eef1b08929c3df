import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '@noema/kernel';
import type { PythonDescription } from '@noema/standalone';

const run = promisify(execFile);
const SHOWN = 1_500;

/** A wheel in a folder of this machine. */
export interface DownloadedWheel {
  readonly fileName: string;
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface DownloadOptions {
  /** Text of a requirements.txt. */
  readonly requirements: string;
  /** The interpreter that the wheels have to fit; it need not be the one that runs pip. */
  readonly python: PythonDescription;
  /** Versions that are chosen where the requirements leave a choice, such as "numpy==2.0.0". */
  readonly constraints?: readonly string[];
  readonly signal: AbortSignal;
}

/** Program that runs pip: the one that NOEMA_PYTHON names, else `python3`. */
export const pipProgram = (): string => process.env['NOEMA_PYTHON'] ?? 'python3';

/**
 * Calls `use` with the wheels of requirements and of all that they need, which pip downloads into a temporary
 * folder. pip runs no code of a package, because only wheels are taken. It keeps its own cache and takes its
 * settings from its usual places. Throws `precondition` PIP_FAILED with what pip says.
 */
export async function withWheels<T>(
  { requirements, python, constraints = [], signal }: DownloadOptions,
  use: (wheels: readonly DownloadedWheel[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'noema-wheels-'));
  try {
    await writeFile(join(folder, 'requirements.txt'), requirements);
    await writeFile(join(folder, 'constraints.txt'), constraints.join('\n'));
    const wheels = join(folder, 'wheels');
    await pip(
      [
        'download',
        ...['--dest', wheels, '--only-binary=:all:', '--implementation', 'cp'],
        ...['--python-version', python.version],
        ...[python.abi, 'abi3', 'none'].flatMap((abi) => ['--abi', abi]),
        ...python.platforms.flatMap((platform) => ['--platform', platform]),
        ...['--requirement', join(folder, 'requirements.txt')],
        ...(constraints.length > 0 ? ['--constraint', join(folder, 'constraints.txt')] : []),
      ],
      signal,
    );
    const names = (await readdir(wheels)).sort();
    return await use(await Promise.all(names.map((name) => describeWheel(wheels, name))));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function describeWheel(folder: string, fileName: string): Promise<DownloadedWheel> {
  const path = join(folder, fileName);
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return { fileName, path, sha256: hash.digest('hex'), sizeBytes: (await stat(path)).size };
}

async function pip(args: readonly string[], signal: AbortSignal): Promise<void> {
  const program = pipProgram();
  try {
    await run(program, ['-m', 'pip', '--disable-pip-version-check', '--no-input', '--quiet', ...args], {
      signal,
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    const { stderr = '', message } = error as Error & { readonly stderr?: string };
    throw new DomainError(
      'precondition',
      'PIP_FAILED',
      `"${program} -m pip download" failed: ${stderr.trim().slice(-SHOWN) || message.slice(0, SHOWN)}. Every package ` +
        'must exist as a wheel for the interpreter; name another program that has pip in NOEMA_PYTHON',
    );
  }
}
