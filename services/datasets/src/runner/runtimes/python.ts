import { execFile } from 'node:child_process';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { runtimeUnavailable } from '../../integration/integration.errors.js';
import { type PythonDescription, platformTags } from '../../environment/python.description.js';
import { canonicalName, REQUIREMENTS_FILE } from '../../environment/requirements.js';
import { type CodeClosure, findAbove, isBelow, staysBelow } from '../code.closure.js';
import { exists, findImports } from './python.imports.js';
import { PYTHON_PROBE } from './python.probe.js';
import type { RuntimeProgram, RuntimeSpec } from './runtime.js';

const run = promisify(execFile);
/** The package `noema`: in a clone, or in an image next to the service. */
const PACKAGES = ['../../../../../../sdks/python/src/noema/', '../../../../python/noema/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);
const DEFAULT_INTERPRETER = 'python3';
/** Without the environment and the packages of the user, no files of bytecode, no buffers, UTF-8 everywhere. */
const FLAGS = ['-I', '-B', '-u', '-X', 'utf8'];
const FIND_MS = 60_000;
const MIN_MINOR = 9;
const MAX_FILES = 1_000;
/** Libraries of numpy take a thread, and its stack, for each core of the machine. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** An import of the package in a line of its own. */
const SIGNATURE = new RegExp(
  String.raw`^[ \t]*(?:from[ \t]+noema(?:\.\w+)*[ \t]+import[ \t]` +
    String.raw`|import[ \t]+noema(?:\.\w+)*[ \t]*(?:as[ \t]+\w+[ \t]*)?(?:#.*)?$)`,
  'm',
);

const probeResult = z.object({
  version: z.tuple([z.int(), z.int(), z.int()]),
  executable: z.string().min(1),
  numpy: z.string().nullable(),
  why: z.string().optional(),
  file: z.string(),
  folders: z.array(z.string()),
  libraries: z.array(z.string()),
  links: z.record(z.string(), z.string()),
  files: z.array(z.string()),
  abiFlags: z.string().default(''),
  platform: z.string().default(''),
  glibc: z.string().nullable().default(null),
  packages: z.record(z.string(), z.string()).default({}),
});

/** Python 3.9 or later with numpy: the interpreter that NOEMA_PYTHON names, else `python3` of the PATH. */
export const pythonRuntime: RuntimeSpec = {
  key: 'python',
  extensions: ['.py'],
  mediaType: 'text/x-python',
  signature: SIGNATURE,
  defaultFiles: new Map(),
  entries: ['integration.py'],
  noise: /^Traceback |^\s+File "|^\s+[~^]+$|^Fatal Python error|^Current thread /,
  probe: [...FLAGS, '-c', 'import numpy'],

  async find(place) {
    const packageFolder = await findPackage();
    const found = await requireInterpreter(place);
    return {
      file: found.executable,
      libraries: found.libraries.filter((library) => !found.folders.some((one) => isBelow(library, one))),
      closure: {
        paths: new Set([found.file, ...found.folders, ...found.files, packageFolder]),
        links: new Map(Object.entries(found.links)),
      },
      env: ONE_THREAD,
    } satisfies RuntimeProgram;
  },

  args: async (_bounds, packages) => [...FLAGS, findRunner(await findPackage()), ...namePackages(packages)],

  podCommand: async (place, _bounds, packages) => [
    place ?? DEFAULT_INTERPRETER,
    ...FLAGS,
    findRunner(await findPackage()),
    ...namePackages(packages),
  ],

  /** The folder of the nearest pyproject.toml; of a module without one only the files that it imports. */
  async findClosure(modulePath, roots) {
    const module = await realpath(modulePath);
    const manifest = await findAbove(module, 'pyproject.toml');
    const project = manifest && dirname(manifest);
    const fenced =
      project !== undefined && (roots.length === 0 || roots.some((root) => isBelow(project, root)));
    const requirements = join(dirname(module), REQUIREMENTS_FILE);
    const files = fenced ? [project] : await importedFiles(module, roots);
    if (!fenced && (await exists(requirements))) files.push(requirements);
    const closure: CodeClosure = {
      paths: new Set(files),
      links: new Map(module === modulePath ? [] : [[modulePath, module]]),
    };
    return closure;
  },

  findImports,

  bundleLinks: () => Promise.resolve(new Map()),
};

/**
 * Describes the interpreter that `place` names, else `python3` of the PATH. Throws `precondition`
 * INTEGRATION_RUNTIME_UNAVAILABLE.
 */
export async function describeInterpreter(place: string | undefined): Promise<PythonDescription> {
  const { version, abiFlags, platform, glibc, packages } = await requireInterpreter(place);
  return {
    version: version.join('.'),
    abi: `cp${version[0]}${version[1]}${abiFlags}`,
    platforms: platformTags({ platform, glibc }),
    packages: new Map(Object.entries(packages).map(([name, found]) => [canonicalName(name), found])),
  };
}

const namePackages = (folder: string | undefined): string[] =>
  folder === undefined ? [] : ['--packages', folder];
const findRunner = (packageFolder: string): string => join(packageFolder, '_runner', '__main__.py');
const unavailable = (why: string) =>
  runtimeUnavailable(
    'Python',
    `${why}; install Python 3.${MIN_MINOR} or later with numpy, and name its interpreter in NOEMA_PYTHON`,
  );

async function findPackage(): Promise<string> {
  for (const folder of PACKAGES) if (await exists(findRunner(folder))) return folder;
  throw runtimeUnavailable('Python', 'this installation does not have the package noema for Python');
}

/** Returns the report of the interpreter about itself; it has the version and numpy that the runner needs. */
async function requireInterpreter(place: string | undefined): Promise<z.output<typeof probeResult>> {
  const asked = place ?? DEFAULT_INTERPRETER;
  const path = isAbsolute(asked) ? asked : await onPath(asked);
  const found = await tryInterpreter(path);
  const [major, minor] = found.version;
  if (major !== 3 || minor < MIN_MINOR)
    throw unavailable(`${path} is Python ${found.version.join('.')}, and 3.${MIN_MINOR} or later is needed`);
  if (found.numpy === null)
    throw unavailable(`${found.executable} cannot import numpy (${found.why ?? 'no reason'})`);
  return found;
}

async function onPath(name: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', 'command -v "$0"', name]).catch(() => ({ stdout: '' }));
  if (stdout.trim() === '') throw unavailable(`there is no program "${name}" on the PATH`);
  return stdout.trim();
}

async function tryInterpreter(path: string): Promise<z.output<typeof probeResult>> {
  const { stdout } = await run(path, [...FLAGS, '-c', PYTHON_PROBE], { timeout: FIND_MS }).catch(
    (error: Error & { readonly stderr?: string }) => {
      throw unavailable(`${path} does not run: ${error.stderr?.trim().slice(-300) || error.message}`);
    },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const result = probeResult.safeParse(last.startsWith('{') ? JSON.parse(last) : undefined);
  if (!result.success) throw unavailable(`${path} is no interpreter of Python`);
  return result.data;
}

async function importedFiles(module: string, roots: readonly string[]): Promise<string[]> {
  const files = [module];
  for (let i = 0; i < files.length && i < MAX_FILES; i++) {
    for (const file of await findImports(await readText(files[i]!), files[i]!)) {
      const real = await realpath(file);
      if (staysBelow(roots, file, real) && !files.includes(file)) files.push(file);
    }
  }
  return files;
}

const readText = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
