import { create } from '@bufbuild/protobuf';
import { RunSchema } from '@noema/contracts/noema/training/v1/run';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { parseDocument, reduceOutputs, type ReductionChart } from '@noema/evaluation';
import { describe, expect, it } from 'vitest';
import { formatReduction } from './format-reduction.js';
import { loadOutputs } from './run-outputs.js';
import { RunSamples } from '@noema/judging';

const parse = (fields: object): ReductionChart =>
  parseDocument({ version: 1, charts: [fields] }).charts[0] as ReductionChart;

/** A run whose samples have a class, a predicted class and one-hot scores. */
function evaluated(classes: readonly (readonly [truth: number, predicted: number])[], width: number) {
  const evaluations = classes.map(
    ([trueClass, predictedClass], row) =>
      ({
        row,
        sample: { split: 2, sampleId: `s${row}` },
        task: 1,
        hasLoss: trueClass >= 0,
        loss: 1,
        trueClass,
        predictedClass,
        trueClassName: '',
        predictedClassName: '',
        probabilities: Array.from({ length: width }, (_, k) => Number(k === predictedClass)),
        predictions: [],
        targets: [],
      }) as unknown as SampleEvaluation,
  );
  const list = () => Promise.resolve({ evaluations, totalSize: evaluations.length, nextPageToken: '' });
  const run = create(RunSchema, { id: 'r', datasetVersionId: 'd', epochsDone: 1 });
  return new RunSamples({ evaluations: { listSampleEvaluations: list } }, run);
}

async function reduce(samples: RunSamples, fields: object, classNames: readonly string[], maxRows = 1000) {
  const chart = parse(fields);
  const loaded = (await loadOutputs(samples, chart, { classNames, maxRows }))!;
  const all = Uint32Array.from({ length: loaded.rows }, (_, i) => i);
  return { loaded, ...formatReduction(reduceOutputs(chart, loaded.outputs, all), chart, loaded) };
}

describe('outputs of a run', () => {
  it('call classes by the names of the data, also when a class has no sample', async () => {
    // Class 1 is called "2"; the last class has no sample.
    const samples = evaluated(
      [
        [0, 0],
        [1, 1],
        [1, 0],
      ],
      3,
    );
    const { facts } = await reduce(samples, { reduce: 'thresholds', class: '2' }, ['1', '2', '3']);
    expect(facts['class']).toMatchObject({ text: '2' });
    const { items } = await reduce(samples, { reduce: 'thresholds', class: '2' }, ['1', '2', '3']);
    expect(items[100]).toMatchObject({ threshold: 1, recall: { value: 0.5, n: 2 } });
  });

  it('count samples with ground truth alone', async () => {
    const samples = evaluated(
      [
        [0, 0],
        [1, 1],
        [-1, 0],
      ],
      2,
    );
    const { loaded, facts } = await reduce(samples, { reduce: 'roc' }, ['no', 'yes']);
    expect(loaded).toMatchObject({ rows: 3, n: 2 });
    expect(facts).toMatchObject({ class: { text: 'yes' }, area: { value: 1, n: 2 } });
  });

  it('read no scores for a confusion matrix, and refuse more scores than fit', async () => {
    const samples = evaluated(
      [
        [0, 0],
        [1, 0],
      ],
      300,
    );
    const { loaded } = await reduce(samples, { reduce: 'confusion' }, [], 2);
    expect(loaded.outputs.scores).toHaveLength(0);
    await expect(reduce(samples, { reduce: 'calibration', class: '1' }, [], 2)).rejects.toThrow(
      '600 scores, 300 each',
    );
  });

  it('give shares of 500 × 500 cells by their row', async () => {
    const width = 500;
    const classes = Array.from(
      { length: width * 4 },
      (_, i) => [i % width, (i * 7 + Math.floor(i / width)) % width] as const,
    );
    const { items } = await reduce(
      evaluated(classes, width),
      { reduce: 'confusion', normalize: 'truth' },
      [],
    );
    const shares = new Map<string, number>();
    for (const item of items as { truth: { text: string }; share: { value: number; n: number } }[]) {
      expect(item.share.n).toBe(4);
      shares.set(item.truth.text, (shares.get(item.truth.text) ?? 0) + item.share.value);
    }
    expect([...new Set(shares.values())]).toEqual([1]);
    expect(shares.size).toBe(width);
  });
});
