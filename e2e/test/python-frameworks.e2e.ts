import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson } from '../src/command-line.js';
import type { Exported } from '../src/exported-population.js';
import { startFresh } from '../src/fresh-platform.js';
import { PACKAGE_PROGRAMS, PACKAGE_SOURCE, TORCH_PROGRAMS } from '../src/python-programs.js';
import { compareDistances, exportRun } from '../src/recorded-population.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FIXTURES = join(ROOT, 'e2e/src/fixtures');

interface Framework {
  readonly name: string;
  /** Its Python modules, alternatives with `|` between them, and the setting that names their interpreter. */
  readonly modules: readonly string[];
  readonly setting: string;
  readonly script: string;
  readonly file: string;
  readonly importOptions: readonly string[];
  /** Least rank correlation of the distances with the distances that the platform computes. */
  readonly correlation: number;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Keras',
    modules: ['keras'],
    setting: 'NOEMA_KERAS_PYTHON',
    script: 'recorded_keras.py',
    file: 'model.zip',
    importOptions: [],
    correlation: 0.999,
  },
  {
    name: 'PyTorch',
    modules: ['torch'],
    setting: 'NOEMA_TORCH_PYTHON',
    script: 'recorded_torch.py',
    file: 'model.onnx',
    importOptions: ['--logits', 'softmax'],
    correlation: 0.999,
  },
  {
    name: 'Lightning, a ResNet on a folder of pictures',
    modules: ['torch', 'PIL', 'lightning|pytorch_lightning'],
    setting: 'NOEMA_LIGHTNING_PYTHON',
    script: 'recorded_lightning.py',
    file: 'model.onnx',
    importOptions: ['--logits', 'softmax'],
    correlation: 0.999,
  },
  {
    name: 'the Trainer of Hugging Face, a ResNet on a folder of pictures',
    modules: ['torch', 'PIL', 'transformers', 'accelerate'],
    setting: 'NOEMA_HF_PYTHON',
    script: 'recorded_hf.py',
    file: 'model.onnx',
    importOptions: ['--logits', 'softmax'],
    correlation: 0.999,
  },
  {
    name: 'the Trainer of Hugging Face, a transformer on texts',
    modules: ['torch', 'transformers', 'accelerate'],
    setting: 'NOEMA_HF_PYTHON',
    script: 'recorded_hf_text.py',
    file: 'model.onnx',
    importOptions: ['--logits', 'softmax'],
    correlation: 0.999,
  },
];

interface Resource {
  readonly displayName: string;
}

/** The first interpreter that has the framework and what the package needs. */
function findPython({ modules, setting }: Framework): string | undefined {
  const candidates = [
    process.env[setting],
    PACKAGE_PROGRAMS.python,
    join(ROOT, '.noema/bench-python/bin/python'),
    TORCH_PROGRAMS.python,
  ];
  const code =
    'import importlib.util as u, sys; ' +
    'sys.exit(not all(any(map(u.find_spec, names.split("|"))) for names in sys.argv[1:]))';
  return candidates.find(
    (python) =>
      python !== undefined &&
      spawnSync(python, ['-c', code, ...modules, 'grpc'], { stdio: 'ignore' }).status === 0,
  );
}

describe.each(FRAMEWORKS)('a network of $name that Python records', (framework) => {
  const python = findPython(framework);
  if (python === undefined)
    console.warn(
      `no Python with ${framework.modules.join(', ')}: name one by ${framework.setting} to run its tests`,
    );

  describe.skipIf(python === undefined)('next to the same weights on the platform', () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let [ours, recorded]: Exported[] = [];
    const run = (...args: string[]) => noema(directory.path, ...args);
    const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);

    const exported = (name: string) => exportRun(directory.path, name, 300_000);

    beforeAll(async () => {
      directory = await temporaryDirectory();
      await startFresh(directory.path);
      const model = join(directory.path, framework.file);
      await promisify(execFile)(python!, [join(FIXTURES, framework.script), model], {
        cwd: directory.path,
        env: {
          PATH: process.env['PATH'],
          PYTHONPATH: PACKAGE_SOURCE,
          NOEMA_DATA_DIR: directory.path,
          NOEMA_SPOOL: join(directory.path, 'spool'),
          KERAS_BACKEND: process.env['KERAS_BACKEND'],
        },
      });
      const [dataset] = await json<Resource[]>('datasets', 'list');
      await json('models', 'import', model, '--name', 'imported', ...framework.importOptions);
      const evaluated = await run(
        ...['runs', 'create', '--dataset', dataset!.displayName, '--model', 'imported'],
        ...['--name', 'ours', '--evaluate', '--watch'],
      );
      expect(evaluated.code, evaluated.stderr).toBe(0);
      [ours, recorded] = [await exported('ours'), await exported('recorded')];
    }, 600_000);
    afterAll(async () => {
      await run('down');
      await directory.remove();
    });

    it('has its predictions and losses', () => {
      expect(recorded!.rows).toBe(600);
      expect(recorded!.label).toEqual(ours!.label);
      expect(recorded!.predicted).toEqual(ours!.predicted);
      // The network is trained, so that not all samples are of one class.
      expect(new Set(recorded!.predicted).size).toBeGreaterThan(1);
      recorded!.loss.forEach((loss, row) => {
        expect(Math.abs(loss - ours!.loss[row]!)).toBeLessThan(1e-4);
      });
    });

    it('has vectors whose distances rank as in its own extraction', () => {
      const correlation = compareDistances(ours!, recorded!);
      console.log(`${framework.name}: rank correlation of distances ${correlation.toFixed(6)}`);
      expect(correlation).toBeGreaterThan(framework.correlation);
    });
  });
});
