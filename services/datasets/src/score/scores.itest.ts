import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PYTHON } from '../../test/python-interpreter.js';
import { moduleRunner, orderOfModule } from '../../test/runner-orders.js';
import { writeModule } from '../../test/running-datasets.js';
import type { PopulationPlan } from '../ingestion/ingestion.js';
import type { ProcessRunner } from '../runner/process-runner.js';
import { LANGUAGES } from '../runner/runtimes/runtime.registry.js';
import { TrustedIsolation } from '../runner/trusted.isolation.js';
import { readScores, type ScoreKind, type Scores } from './score.js';

/** Code of a module after three training samples and an unlabeled one with the truth index + 1. */
interface Declared {
  readonly js: string;
  readonly py: string;
}

const isolation = new TrustedIsolation({ python: PYTHON });
const missing = new Map(
  await Promise.all(
    LANGUAGES.map(async (runtime) => {
      const why = await isolation.require(runtime).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (why !== undefined) console.warn(`skipped: scores of ${runtime.key}: ${why}`);
      return [runtime.key, why] as const;
    }),
  ),
);
const DIMS = [2];
const ROWS = Uint32Array.of(2, 0, 3);
const PREDICTIONS = Float32Array.of(0.5, 1.5, 3, -1, 8, 8);

describe.each(['node', 'python'] as const)('scores of an integration in %s', (language) => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let runner: ProcessRunner;
  const { signal } = new AbortController();
  beforeEach(async () => {
    directory = await temporaryDirectory();
    runner = moduleRunner(isolation, { stallMs: 5_000 });
  });
  afterEach(async () => {
    await runner.close();
    await directory.remove();
  });

  async function open({ js, py }: Declared) {
    const order = await orderOfModule(await write(js, py), 100);
    const plan = await runner.plan(order, signal);
    return (kind: ScoreKind) => score(order, plan, kind);
  }

  async function write(js: string, py: string): Promise<string> {
    if (language === 'node')
      return writeModule(
        directory.path,
        'scored',
        `export const integration = defineIntegration({
           name: 'scored',
           preprocess: () => ({ training: { length: 3, data: null }, unlabeled: { length: 1, data: null } }),
           inputs: { x: ({ index }) => index }, groundTruths: { y: ({ index }) => [index + 1, index + 1] }, ${js} });`,
      );
    const path = join(directory.path, 'scored.py');
    await writeFile(
      path,
      'from noema.integration import *\nimport numpy as np\n' +
        "@splits\ndef data(): return {'training': 3, 'unlabeled': 1}\n" +
        `@input\ndef x(index): return index\n@truth\ndef y(index): return [index + 1, index + 1]\n${py}\n`,
    );
    return path;
  }

  async function score(
    order: Awaited<ReturnType<typeof orderOfModule>>,
    plan: PopulationPlan,
    kind: ScoreKind,
  ): Promise<Scores> {
    const asked = { kind, rows: ROWS, dims: DIMS, predictions: PREDICTIONS };
    const { result, body } = await runner.score(
      order,
      { ...asked, key: 'version', plan: { ...plan, skippedRows: [] } },
      signal,
    );
    return readScores(result, body, asked, { declared: plan.scores!, isLabelled: (row) => row < 3 });
  }

  const can = (): boolean => missing.get(language) === undefined;
  const errors: Declared = {
    js: `metrics: {
      largest: ({ prediction, groundTruths: { y } }) =>
        Math.max(...prediction.data.map((p, i) => Math.abs(p - y.data[i]))),
      sum: ({ prediction }) => prediction.data[0] + prediction.data[1] },
    loss: ({ prediction: { data, dims }, groundTruths: { y } }) => ({
      value: data.reduce((sum, p, i) => sum + (p - y.data[i]) ** 2, 0),
      gradient: { data: data.map((p, i) => 2 * (p - y.data[i])), shape: dims } }),`,
    py:
      '@metric\ndef largest(prediction, y): return np.abs(prediction - y).max()\n' +
      '@metric\ndef sum(prediction): return prediction.sum()\n' +
      '@loss\ndef square(prediction, y):\n    return ((prediction - y) ** 2).sum(), 2 * (prediction - y)\n',
  };

  it.runIf(can())('are computed for any rows in any order, and are NaN without ground truth', async () => {
    const scored = await open(errors);
    const { metrics, values } = await scored('metrics');
    expect(metrics).toEqual(['largest', 'sum']);
    expect(values.map((numbers) => [...numbers])).toEqual([
      [2.5, 2, NaN],
      [2, 2, NaN],
    ]);
    expect([...(await scored('loss')).values[0]!]).toEqual([8.5, 8, NaN]);
    const { values: losses, gradients } = await scored('gradient');
    expect([...losses[0]!]).toEqual([8.5, 8, NaN]);
    expect([...gradients]).toEqual([-5, -3, 4, -4, 0, 0]);
  });

  it.runIf(can()).each<[string, Declared, ScoreKind, RegExp]>([
    [
      'a metric that is NaN',
      {
        js: 'metrics: { ratio: ({ index }) => 0 / 0 },',
        py: '@metric\ndef ratio(prediction): return float("nan")',
      },
      'metrics',
      /metric "ratio" at training sample "2": it returned NaN; return a finite number/,
    ],
    [
      'a metric that throws',
      {
        js: 'metrics: { bad: () => { throw new Error("no such class"); } },',
        py: '@metric\ndef bad(prediction): raise ValueError("no such class")',
      },
      'metrics',
      /metric "bad" at training sample "2" threw (Value)?Error: no such class/,
    ],
    [
      'a gradient of another shape',
      {
        js: 'loss: () => ({ value: 1, gradient: [1, 2, 3] }),',
        py: '@loss\ndef bad(prediction): return 1, [1, 2, 3]',
      },
      'gradient',
      /loss at training sample "2": the gradient has the shape \[3\], and the prediction \[2\]/,
    ],
    [
      'a training with a loss that has no gradient',
      { js: 'loss: () => 1,', py: '@loss\ndef flat(prediction): return 1' },
      'gradient',
      /the loss of the integration returns no gradient/,
    ],
    [
      'a loss that is not declared',
      { js: 'metrics: { one: () => 1 },', py: '@metric\ndef one(prediction): return 1' },
      'loss',
      /integration "scored" declares no loss/,
    ],
  ])('%s is a named fault', async (_what, declared, kind, message) => {
    const scored = await open(declared);
    await expect(scored(kind)).rejects.toThrow(message);
  });

  it.runIf(can())(
    'a metric that never returns is stopped, and the next batch gets a new process',
    async () => {
      const scored = await open({
        js: 'metrics: { endless: () => { for (;;); } },\n loss: () => 1,',
        py: '@metric\ndef endless(prediction):\n    while True: pass\n@loss\ndef one(prediction): return 1',
      });
      await expect(scored('metrics')).rejects.toThrow(/gave no sign of life for 5 s/);
      expect([...(await scored('loss')).values[0]!]).toEqual([1, 1, NaN]);
    },
  );

  it.runIf(can())('a gradient that differs from finite differences fails the check', async () => {
    const wrong = errors.js.replace('2 * (p', '3 * (p');
    const order = await orderOfModule(await write(wrong, errors.py.replace(', 2 * (', ', 3 * (')), 100);
    const report = await runner.check(order, 2, () => Promise.resolve({}), signal);
    const loss = report.handlers.find(({ role }) => role === 'loss')!;
    expect(loss.faults.map(({ reason }) => reason)).toEqual(['GRADIENT_WRONG']);
    expect(loss.faults[0]!.message).toMatch(/number 0 of the gradient is .* but the loss changes by/);
    const right = await orderOfModule(await write(errors.js, errors.py), 100);
    expect(await runner.check(right, 2, () => Promise.resolve({}), signal)).toMatchObject({ passed: true });
  });
});
