import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportOptions } from '@noema/importers';
import { PYTHON_FOLDER } from '../python.js';
import type { ModelFile, Reference } from './model.file.js';
import { tfjsFiles } from './tfjs.files.js';

interface Job {
  readonly name: string;
  readonly maker: string;
  readonly file: string;
  readonly options: ImportOptions;
}

/** Networks in which finite differences of float32 cross many kinks. */
const KINKED_ONNX = ['ocr-cls.onnx', 'ocr-det.onnx'];
const KINKED_TFJS = ['tfjs-mobilenet.zip'];

/**
 * Returns the files, made or fetched into the folder on first use. `NOEMA_MODELS_PYTHON` names an interpreter
 * that has `bench/python/requirements-models.txt`; without it a virtual environment is made in the folder.
 * `NOEMA_ZOO_TORCH` names one with PyTorch and torchvision. Throws an `Error` with the last line of what failed.
 */
export async function modelFiles(cache: string, print: (line: string) => void): Promise<ModelFile[]> {
  await mkdir(cache, { recursive: true });
  const scripts = ['model_files.py', 'model_files_torch.py'].map((name) => join(PYTHON_FOLDER, name));
  const wanted = createHash('sha256')
    .update(scripts.map((path) => readFileSync(path, 'utf8')).join(''))
    .digest('hex');
  const torch = process.env['NOEMA_ZOO_TORCH'] ?? '/usr/bin/python3';
  const ready = join(cache, 'ready');
  if (!existsSync(ready) || readFileSync(ready, 'utf8') !== wanted) {
    print('making the files once');
    ran(interpreterIn(cache, print), [scripts[0]!, cache, torch]);
    await writeFile(ready, wanted);
  }
  const jobs = JSON.parse(await readFile(join(cache, 'jobs.json'), 'utf8')) as Job[];
  const fromPython = await Promise.all(
    jobs.map(
      async ({ name, maker, file, options }): Promise<ModelFile> => ({
        name,
        maker,
        options,
        path: file,
        reference: await readReference(cache, name),
      }),
    ),
  );
  return [
    ...(await withExactGradients(fromPython, cache, KINKED_ONNX, (names) => {
      const packages = join(cache, 'torch-packages');
      const requirements = join(PYTHON_FOLDER, 'requirements-gradients.txt');
      const install = [
        '--python',
        torch,
        'install',
        '--quiet',
        '--no-deps',
        '--upgrade',
        '--target',
        packages,
      ];
      ran(interpreterIn(cache, print), ['-m', 'pip', ...install, '-r', requirements]);
      ran(torch, [join(PYTHON_FOLDER, 'onnx_gradients.py'), cache, ...names], { PYTHONPATH: packages });
    })),
    ...(await withExactGradients(await tfjsFiles(cache), cache, KINKED_TFJS, (names) => {
      ran(interpreterIn(cache, print), [join(PYTHON_FOLDER, 'tfjs_gradients.py'), cache, ...names]);
    })),
  ];
}

/** The files, some of them with gradients in double precision, which `add` adds to their references where missing. */
async function withExactGradients(
  files: readonly ModelFile[],
  cache: string,
  kinked: readonly string[],
  add: (names: readonly string[]) => void,
): Promise<ModelFile[]> {
  const missing = files.filter(
    ({ name, reference }) => kinked.includes(name) && reference.derived === undefined,
  );
  if (missing.length === 0) return [...files];
  add(missing.map(({ name }) => name));
  return Promise.all(
    files.map(async (file) =>
      missing.includes(file) ? { ...file, reference: await readReference(cache, file.name) } : file,
    ),
  );
}

const readReference = async (cache: string, name: string): Promise<Reference> =>
  JSON.parse(await readFile(join(cache, `${name}.json`), 'utf8')) as Reference;

function interpreterIn(cache: string, print: (line: string) => void): string {
  const given = process.env['NOEMA_MODELS_PYTHON'];
  if (given !== undefined) return given;
  const venv = join(cache, 'python');
  const interpreter = join(venv, 'bin/python');
  if (!existsSync(join(venv, 'ready'))) {
    print('installing Keras, TensorFlow, ONNX Runtime and their exporters once (some 700 MB)');
    const install = ['-m', 'pip', 'install', '--quiet'];
    ran('python3', ['-m', 'venv', venv]);
    ran(interpreter, [...install, '-r', join(PYTHON_FOLDER, 'requirements-models.txt')]);
    // The exporters pin old versions of packages that they do run with.
    ran(interpreter, [...install, '--no-deps', '-r', join(PYTHON_FOLDER, 'requirements-models-alone.txt')]);
    ran('touch', [join(venv, 'ready')]);
  }
  return interpreter;
}

function ran(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const { status, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...env },
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args[0] ?? ''} failed: ${stderr?.trim().split('\n').at(-1) ?? 'not found'}`,
    );
}
