import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noema, noemaJson, startNoema } from '../src/command-line.js';
import { correlateMaps, type FrameworkMaps, readFrameworkMaps } from '../src/framework-maps.js';
import { startFresh } from '../src/fresh-platform.js';
import { PACKAGE_SOURCE, TORCH_PROGRAMS } from '../src/python-programs.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
interface Framework {
  readonly name: string;
  readonly python: string | undefined;
  readonly script: string;
  readonly ending: string;
  /** The backend of Keras; by default that of its interpreter. */
  readonly backend?: string;
}

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'PyTorch',
    python: TORCH_PROGRAMS.python,
    script: 'served_model.py',
    ending: '.pt',
  },
  {
    name: 'Keras on TensorFlow',
    python: process.env['NOEMA_KERAS_PYTHON'],
    script: 'served_keras.py',
    ending: '.keras',
  },
  {
    name: 'Keras on JAX',
    python: process.env['NOEMA_KERAS_JAX_PYTHON'],
    script: 'served_keras.py',
    ending: '.keras',
    backend: 'jax',
  },
  {
    name: 'Keras on PyTorch',
    python: process.env['NOEMA_KERAS_TORCH_PYTHON'],
    script: 'served_keras.py',
    ending: '.keras',
    backend: 'torch',
  },
];
const isInstalled = ({ name, python }: Framework): boolean => {
  const found = python !== undefined && existsSync(python);
  if (!found)
    console.warn(
      `skipped: a model that ${name} serves: no interpreter; run \`make python\` where PyTorch is installed, or ` +
        'name one in NOEMA_TORCH_PYTHON, NOEMA_KERAS_PYTHON, NOEMA_KERAS_JAX_PYTHON or NOEMA_KERAS_TORCH_PYTHON',
    );
  return found;
};

describe.each(FRAMEWORKS)('a model that a process of $name serves', (framework) => {
  describe.skipIf(!isInstalled(framework))('', () => {
    const { script, ending, backend } = framework;
    const python = framework.python!;
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let maps: FrameworkMaps;
    const started: ChildProcess[] = [];
    const json = <T>(...args: string[]): Promise<T> => noemaJson<T>(directory.path, ...args);
    const environment = (): NodeJS.ProcessEnv => ({
      PATH: process.env['PATH'],
      NOEMA_DATA_DIR: directory.path,
      NOEMA_SPOOL: join(directory.path, 'spool'),
      PYTHONPATH: PACKAGE_SOURCE,
      // On busy processors, threads of PyTorch that wait for each other take ten times as long as one.
      OMP_NUM_THREADS: '1',
      ...(backend !== undefined && { KERAS_BACKEND: backend }),
    });

    /** A process that serves the run; `forwards` counts the forward passes of its model. */
    function serve(weights: string, more: NodeJS.ProcessEnv = {}) {
      const child = spawn(
        python,
        [join(ROOT, 'e2e/src/fixtures', script), 'serve', join(directory.path, weights)],
        {
          cwd: directory.path,
          env: { ...environment(), ...more },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      started.push(child);
      const out = { stderr: '', forwards: 0 };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out.forwards += text.split('\n').length - 1;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        out.stderr += text;
      });
      const serving = () =>
        waitFor(() => out.stderr.includes('serves epoch 1'), {
          // A framework is imported.
          timeoutMs: 300_000,
          what: 'the model to be served',
        });
      return { child, out, serving };
    }

    beforeAll(async () => {
      directory = await temporaryDirectory();
      await startFresh(directory.path);
      await promisify(execFile)(python, [join(ROOT, 'e2e/src/fixtures', script), 'record', directory.path], {
        cwd: directory.path,
        env: environment(),
      });
      maps = await readFrameworkMaps(join(directory.path, 'maps.json'));
      await waitFor(
        async () => (await json<{ epochsDone?: number }[]>('runs', 'list'))[0]?.epochsDone === 1,
        {
          timeoutMs: 120_000,
          intervalMs: 500,
          what: 'the epoch',
        },
      );
    }, 600_000);
    afterAll(async () => {
      for (const child of started) child.kill('SIGKILL');
      await noema(directory.path, 'down');
      await directory.remove();
    });

    it('is named in the refusal while no process serves it', async () => {
      const { code, stderr } = await noema(directory.path, 'analyze', 'served', 'validation/s480');
      expect(code).not.toBe(0);
      expect(stderr).toContain('run noema.serve(model) in the process that has the model');
    });

    it('is refused by name with other weights', async () => {
      const { child, out } = serve(`other${ending}`);
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(1);
      expect(out.stderr).toMatch(
        /SERVED_MODEL_DIFFERS: .*for 12 samples the largest relative difference is 0\.\d+, and 0\.001 is accepted/,
      );
      const { stderr } = await noema(directory.path, 'analyze', 'served', 'validation/s480');
      expect(stderr).toContain('no process serves it');
    });

    it('has the heat maps that plain autograd computes, and ends with Ctrl+C', async () => {
      const { child, out, serving } = serve(`model${ending}`);
      await serving();
      const startedAt = performance.now();
      const correlations = await correlateMaps(directory.path, 'served', maps);
      const seconds = (performance.now() - startedAt) / 1_000;
      console.log(
        correlations,
        `${Object.keys(maps).length} analyses in ${seconds.toFixed(1)} s`,
        out.forwards,
      );
      expect(correlations['grad-cam'].length).toBeGreaterThan(2);
      expect(Math.min(...correlations['grad-cam'])).toBeGreaterThan(0.999_9);
      expect(Math.min(...correlations['integrated-gradients'])).toBeGreaterThan(0.999_9);
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number];
      expect([code, out.stderr]).toEqual([0, expect.stringContaining('serving has ended')]);
      const { stderr } = await noema(directory.path, 'analyze', 'served', 'validation/s484');
      expect(stderr).toContain('no process serves it');
    }, 600_000);

    it('is served on after the platform was restarted, by the same process', async () => {
      const address = async (): Promise<string> =>
        (JSON.parse(await readFile(join(directory.path, 'platform.json'), 'utf8')) as { grpcAddress: string })
          .grpcAddress;
      const { child, out, serving } = serve(`model${ending}`);
      await serving();
      const earlier = await address();
      await json('down');
      await json('up', '--port', '0');
      // The process finds the new address in the data directory.
      expect(await address()).not.toBe(earlier);
      const before = out.forwards;
      const analysis = await waitFor(
        async () => {
          const { code, stdout } = await noema(
            directory.path,
            ...['--json', 'analyze', 'served', 'validation/s485', '--class', '0', '--algorithm', 'grad-cam'],
          );
          return code === 0 ? (JSON.parse(stdout) as { readonly heatMaps: readonly unknown[] }) : undefined;
        },
        { timeoutMs: 120_000, intervalMs: 1_000, what: 'an analysis after the restart' },
      );
      expect(analysis.heatMaps).toHaveLength(1);
      expect(out.forwards).toBeGreaterThan(before);
      expect(child.exitCode).toBeNull();
      child.kill('SIGINT');
      const [code] = (await once(child, 'close')) as [number];
      expect([code, out.stderr]).toEqual([0, expect.stringContaining('serving has ended')]);
    }, 600_000);

    it('may be killed in the middle of an analysis, which ends with the process that comes next', async () => {
      const halt = join(directory.path, 'halt');
      const first = serve(`model${ending}`, { NOEMA_TEST_HALT: halt });
      await first.serving();
      const before = first.out.forwards;
      await writeFile(halt, '');
      const analysis = startNoema(
        directory.path,
        ...['--json', 'analyze', 'served', 'validation/s490', '--class', '0', '1', '2'],
        ...['--algorithm', 'grad-cam', 'integrated-gradients', 'smooth-grad', 'occlusion', 'rise'],
      );
      // The process stops itself at the 20th query, so that the analysis cannot end before it is killed.
      await waitFor(() => first.out.forwards === before + 20, { timeoutMs: 120_000, what: 'some queries' });
      await waitFor(() => readFileSync(`/proc/${first.child.pid}/stat`, 'utf8').includes(') T '));
      first.child.kill('SIGKILL');
      await once(first.child, 'close');
      expect(analysis.child.exitCode).toBeNull();
      await rm(halt);
      const second = serve(`model${ending}`);
      await second.serving();
      const { code, stdout, stderr } = await analysis.result;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect((JSON.parse(stdout) as { heatMaps: unknown[] }).heatMaps).toHaveLength(15);
      expect(second.out.forwards).toBeGreaterThan(1);
      second.child.kill('SIGINT');
      await once(second.child, 'close');
    }, 600_000);
  });
});
