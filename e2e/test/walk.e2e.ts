import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandResult, noema, startNoema } from '../src/command-line.js';
import { demoInto } from '../src/demo-template.js';
import { type Exported, readExport } from '../src/exported-population.js';
import { independentFigures } from '../src/independent-figures.js';
import { RunningPlatform } from '../src/running-platform.js';

interface Result {
  readonly validation_accuracy: number;
  readonly explorations: readonly Record<string, number>[];
  readonly loss_ratio_misclassified: number;
  readonly nearest_class: Readonly<Record<string, string>>;
  readonly similar: {
    readonly query: string;
    readonly k: number;
    readonly same_label: number;
    readonly recall: number;
  };
  readonly analysis: Readonly<Record<string, number | string>>;
  readonly seconds: Readonly<Record<string, number>>;
  readonly engine: Readonly<Record<string, string>>;
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let walked: CommandResult;
let result: Result;
let exported: Exported;

const readResult = async (of = directory): Promise<Result> =>
  JSON.parse(await readFile(join(of.path, 'demo', 'result.json'), 'utf8')) as Result;
const withoutSeconds = ({ seconds: _, ...figures }: Result) => figures;

/** The data of every epoch, to the bit. */
const checkpoints = (platform: RunningPlatform) =>
  platform.query<{ readonly epoch: number; readonly weights: string; readonly state: string }>(
    "SELECT epoch, weights->>'sha256' AS weights, optimizer_state->>'sha256' AS state FROM " +
      'training.epoch ORDER BY epoch',
  );

beforeAll(async () => {
  directory = await temporaryDirectory();
  walked = await demoInto(directory.path);
  result = await readResult();
  exported = await readExport(join(directory.path, 'demo', 'export'));
}, 600_000);
afterAll(async () => {
  await directory.remove();
});

describe('noema demo on a fresh directory', () => {
  it('ends with success and reports each step', () => {
    expect(walked.code, walked.stderr).toBe(0);
    for (const chapter of ['The data', 'The network', 'The maps', 'Analyze', 'Fetch similar', 'The figures'])
      expect(walked.stdout).toContain(chapter);
  });

  it('says how to go on where there is no terminal', () => {
    expect(walked.stdout).toMatch(/No terminal here.*\n.*noema up --data-dir /);
  });

  it('writes result.json with the agreed keys', () => {
    expect(Object.keys(result)).toEqual([
      'validation_accuracy',
      'explorations',
      'loss_ratio_misclassified',
      'nearest_class',
      'similar',
      'analysis',
      'seconds',
      'engine',
    ]);
    expect(Object.keys(result.explorations[0]!)).toEqual([
      'epoch',
      'points',
      'trustworthiness',
      'continuity',
      'knn_overlap',
      'label_agreement_map',
      'label_agreement_vectors',
    ]);
    expect(Object.keys(result.analysis)).toEqual([
      'sample',
      'label',
      'prediction',
      'deletion',
      'insertion',
      'random_deletion',
      'random_insertion',
    ]);
    expect(Object.keys(result.similar)).toEqual(['query', 'k', 'same_label', 'recall']);
    expect(Object.keys(result.engine)).toEqual(['trainer', 'responder', 'index']);
    expect(result.seconds['total']).toBeGreaterThan(0);
  });

  it('reads 97 % of the validation digits, as recomputed from the export', () => {
    const rows = exported.split.flatMap((split, row) => (split === 'validation' ? [row] : []));
    const accuracy =
      rows.filter((row) => exported.label[row] === exported.predicted[row]).length / rows.length;
    expect(rows).toHaveLength(2000);
    expect(accuracy).toBeGreaterThanOrEqual(0.97);
    expect(result.validation_accuracy).toBeCloseTo(accuracy, 12);
  });

  it('made a map of all 10,000 digits after every epoch, without being asked', () => {
    expect(result.explorations.length).toBeLessThanOrEqual(8);
    expect(result.explorations.map((e) => [e['epoch'], e['points']])).toEqual(
      result.explorations.map((_, i) => [i + 1, 10_000]),
    );
  });

  it('has maps that can be trusted, as recomputed by definition from the export', () => {
    const figures = independentFigures(exported);
    expect(figures.labelAgreementVectors).toBeGreaterThanOrEqual(0.96);
    expect(figures.labelAgreementMap).toBeGreaterThanOrEqual(0.96);
    expect(figures.trustworthiness).toBeGreaterThanOrEqual(0.975);
    expect(figures.knnOverlap).toBeGreaterThanOrEqual(0.29);
    const told = result.explorations.at(-1)!;
    expect(told['label_agreement_vectors']).toBeCloseTo(figures.labelAgreementVectors, 3);
    expect(told['label_agreement_map']).toBeCloseTo(figures.labelAgreementMap, 3);
    expect(told['trustworthiness']).toBeCloseTo(figures.trustworthiness, 3);
    expect(told['continuity']).toBeCloseTo(figures.continuity, 3);
    expect(told['knn_overlap']).toBeCloseTo(figures.knnOverlap, 3);
  }, 300_000);

  it('gives misclassified digits at least 20 times the loss of the others', () => {
    const mean = (misclassified: boolean): number => {
      const losses = Array.from(exported.loss).filter(
        (_, row) => (exported.label[row] !== exported.predicted[row]) === misclassified,
      );
      return losses.reduce((sum, v) => sum + v, 0) / losses.length;
    };
    expect(mean(true) / mean(false)).toBeGreaterThanOrEqual(20);
    expect(result.loss_ratio_misclassified).toBeCloseTo(mean(true) / mean(false), 3);
  });

  it('sees the look-alikes side by side', () => {
    const nearest = (a: string, b: string): boolean =>
      result.nearest_class[a] === b || result.nearest_class[b] === a;
    expect(Object.keys(result.nearest_class)).toHaveLength(10);
    expect(nearest('4', '9')).toBe(true);
    expect(nearest('7', '9') || nearest('1', '7')).toBe(true);
  });

  it('finds sixes for a six, exactly', () => {
    expect(result.similar).toMatchObject({ k: 24, recall: 1 });
    expect(result.similar.same_label).toBeGreaterThanOrEqual(22);
  });

  it('explains the worst misclassified digit better than chance', () => {
    const { deletion, insertion, random_deletion, random_insertion, label, prediction } = result.analysis;
    expect(label).not.toBe(prediction);
    expect(deletion).toBeLessThan(random_deletion as number);
    expect(insertion).toBeGreaterThan(random_insertion as number);
  });

  it.each([
    'map-loss.svg',
    'map-label.svg',
    'map-loss.png',
    'map-label.png',
    'worst-misclassified.svg',
    'similar.svg',
  ])('drew %s', async (file) => {
    expect((await stat(join(directory.path, 'demo', file))).size).toBeGreaterThan(10_000);
  });
});

describe('noema demo a second time', () => {
  it('finds its data and its results, computes nothing anew and shows the same figures', async () => {
    const stored = (): Promise<string[]> => readdir(join(directory.path, 'store'), { recursive: true });
    const before = await stored();
    const again = await noema(directory.path, 'demo', '--port', '0');
    expect(again.code, again.stderr).toBe(0);
    const second = await readResult();
    expect(withoutSeconds(second)).toEqual(withoutSeconds(result));
    expect((await stored()).sort()).toEqual(before.sort());
  }, 300_000);
});

describe('noema demo while workers and services are killed', () => {
  it('RELIABILITY 1: ends with the same numbers and does no shard twice', async () => {
    const whole = await RunningPlatform.up(directory.path);
    const undisturbed = await checkpoints(whole);
    await whole.down();
    const hurt = await temporaryDirectory();
    const platform = await RunningPlatform.up(hurt.path, '--processes');
    try {
      const demo = startNoema(hurt.path, 'demo');
      const extraction = async (state: string) =>
        (await platform.jobs('activations')).filter((job) => job.state === state);
      await waitFor(
        async () => (await extraction('JOB_STATE_RUNNING')).some(({ shards }) => (shards.running ?? 0) > 0),
        { timeoutMs: 400_000, what: 'an extraction in mid-shard' },
      );
      await platform.kill(
        platform.state().workers.find(({ name }) => name.startsWith('activations-worker'))!.name,
      );
      await waitFor(async () => (await extraction('JOB_STATE_SUCCEEDED')).length > 0, {
        timeoutMs: 400_000,
        what: 'the first activation set',
      });
      await platform.kill('training');
      await platform.kill('activations');
      const { code, stdout, stderr } = await demo.result;
      expect(code, stdout + stderr).toBe(0);
      expect(await checkpoints(platform)).toEqual(undisturbed);
      expect(withoutSeconds(await readResult(hurt))).toEqual(withoutSeconds(result));
      for (const service of ['activations', 'training']) {
        const shards = await platform.shards(service);
        expect(new Set(shards.map((s) => `${s.job_id}/${s.stage}/${s.index}`)).size).toBe(shards.length);
        expect(shards.filter((s) => s.state !== 'done')).toEqual([]);
      }
      expect(await extraction('JOB_STATE_SUCCEEDED')).toHaveLength(result.explorations.length);
    } finally {
      await platform.down();
      await hurt.remove();
    }
  }, 900_000);
});
