import type { JsonObject } from '@bufbuild/protobuf';
import { readMatrix } from '@noema/artifacts';
import { parseArtifactRef } from '@noema/contracts';
import { RunKind, RunState, type RunSettingsSchema } from '@noema/contracts/noema/training/v1/run';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { PositionRegion } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { catchError } from '@noema/testing';
import { describe, expect, it } from 'vitest';
import type { DatasetOptions } from './peers.js';
import type { RunningTraining } from './running-training.js';

const layer = (kind: string, config: JsonObject) => ({ class_name: kind, config });
const headed = (...head: JsonObject[]): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'headed',
    layers: [
      layer('Conv2D', {
        name: 'conv',
        filters: 4,
        kernel_size: 3,
        padding: 'same',
        activation: 'relu',
        batch_input_shape: [null, 4, 4, 1],
      }),
      ...head,
    ],
  },
});
const dense = (units: number, activation: string): JsonObject =>
  headed(layer('Flatten', { name: 'flat' }), layer('Dense', { name: 'out', units, activation }));

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);
const mean = (values: ArrayLike<number>): number => sum(Array.from(values)) / values.length;

/** The class of each of `length` positions by the regions of a sample, −1 without one. */
function drawn(regions: readonly PositionRegion[], length: number): number[] {
  const classes = new Array<number>(length).fill(-1);
  for (const { classIndex, runs } of regions) {
    let at = 0;
    for (const [index, run] of runs.entries()) {
      if (index % 2 === 1) classes.fill(classIndex, at, at + run);
      at += run;
    }
  }
  return classes;
}

/** Runs of every task on the platform of a test that has a worker. */
export function taskCases(platform: () => RunningTraining): void {
  async function done(
    options: DatasetOptions,
    topology: JsonObject,
    settings: MessageInitShape<typeof RunSettingsSchema> = {},
  ) {
    const running = platform();
    const [datasetVersionId, modelVersionId] = [
      await running.addDataset({ classNames: [], ...options }),
      await running.addModel(topology),
    ];
    const { id } = await running.createRun({
      datasetVersionId,
      modelVersionId,
      settings: { epochs: 2, batchSize: 16, seed: 5, ...settings },
    });
    const run = await running.ended(id);
    expect([run.state, run.fault?.message]).toEqual([RunState.SUCCEEDED, undefined]);
    const { epoch } = await running.api.epochs.getEpoch({ runId: id, epoch: 0 });
    const file = readMatrix(await running.store.get(parseArtifactRef(epoch!.evaluation, 'evaluation')));
    const validation = epoch!.splits.find(({ split }) => split === Split.VALIDATION);
    return {
      run,
      epoch: epoch!,
      file,
      columns: file.columns.map(({ name }) => name),
      metrics: Object.fromEntries((validation?.metrics ?? []).map(({ name, value }) => [name, value])),
      sample: async (sampleId: string, split = Split.VALIDATION) =>
        (await running.api.evaluations.getSampleEvaluation({ runId: id, epoch: 0, split, sampleId }))
          .evaluation!,
      refused: (over: object) =>
        catchError(
          running.api.runs.createRun({
            projectId: run.projectId,
            datasetVersionId,
            modelVersionId,
            settings: { epochs: 1, ...over },
          }),
        ),
    };
  }

  it('of a number is a regression: errors and residuals, no classes', async () => {
    const { run, file, columns, metrics, sample, refused } = await done(
      { truth: { dims: [], of: (_, picture) => [10 * sum(picture)] } },
      dense(1, 'linear'),
    );
    expect(run).toMatchObject({
      task: Task.REGRESSION,
      noLossReason: '',
      settings: { loss: { name: 'mean_squared_error' } },
      objectives: [{ output: 'out', task: Task.REGRESSION }],
    });
    expect(columns).toEqual(['loss', 'has_loss', 'predictions', 'targets', 'residual']);
    const residual = file.float32('residual').data.subarray(120, 160);
    const targets = file.float32('targets').data.subarray(120, 160);
    const middle = mean(targets);
    expect(metrics['mean_absolute_error']).toBeCloseTo(mean(residual.map(Math.abs)), 4);
    expect(metrics['root_mean_squared_error']).toBeCloseTo(Math.sqrt(mean(residual.map((e) => e * e))), 4);
    expect(metrics['r2_score']).toBeCloseTo(
      1 - sum(residual.map((e) => e * e)) / sum(targets.map((y) => (y - middle) ** 2)),
      4,
    );
    const one = await sample('s3');
    expect(one).toMatchObject({
      task: Task.REGRESSION,
      probabilities: [],
      predictedClass: -1,
      trueClass: -1,
      correct: false,
      residual: residual[3],
    });
    expect(one.targets[0]! - one.predictions[0]!).toBeCloseTo(residual[3]!, 4);
    expect((await sample('s1', Split.UNLABELED)).residual).toBeUndefined();
    const { epochs } = await platform().api.evaluations.getSampleHistory({
      runId: run.id,
      split: Split.VALIDATION,
      sampleId: 's3',
    });
    expect(epochs.at(-1)!.prediction).toBe(one.predictions[0]);
    expect(await refused({ loss: { name: 'categorical_crossentropy' } })).toMatch(
      /takes probabilities of classes.*"out" has no softmax.*fit: mean_squared_error, mean_absolute_error, huber/,
    );
    expect(await refused({ metrics: [{ name: 'accuracy' }] })).toMatch(
      /accuracy does not fit the task regression; metrics that fit: mean_absolute_error/,
    );
  });

  describe('of several outputs', () => {
    const called = (kind: string, name: string, config: JsonObject, from: string) => ({
      class_name: kind,
      name,
      config: { name, ...config },
      inbound_nodes: from === '' ? [] : [[[from, 0, 0, {}]]],
    });
    const three = {
      class_name: 'Functional',
      config: {
        name: 'three',
        layers: [
          called('InputLayer', 'picture', { batch_input_shape: [null, 4, 4, 1] }, ''),
          called('Flatten', 'flat', {}, 'picture'),
          called('Dense', 'side', { units: 3, activation: 'softmax' }, 'flat'),
          called('Dense', 'next', { units: 3, activation: 'softmax' }, 'flat'),
          called('Dense', 'size', { units: 1, activation: 'linear' }, 'flat'),
        ],
        input_layers: [['picture', 0, 0]],
        output_layers: ['side', 'next', 'size'].map((name) => [name, 0, 0]),
      },
    };
    const oneHot = (label: number): number[] => [0, 1, 2].map((one) => Number(one === label));
    const moreTruths = {
      next: { dims: [3], of: (label: number) => oneHot((label + 1) % 3) },
      size: { dims: [1], of: (label: number) => [label / 2] },
    };
    const classNames = ['left', 'right', 'both'];

    it('evaluates every output with its own loss, metrics and columns', async () => {
      const { run, file, columns, metrics } = await done({ moreTruths, classNames }, three);
      expect(run.objectives.map(({ output, task, loss }) => [output, task, loss?.name])).toEqual([
        ['side', Task.MULTI_CLASS, 'categorical_crossentropy'],
        ['next', Task.MULTI_CLASS, 'categorical_crossentropy'],
        ['size', Task.REGRESSION, 'mean_squared_error'],
      ]);
      expect(columns.filter((name) => name.startsWith('outputs[2].'))).toEqual(
        ['loss', 'has_loss', 'predictions', 'targets', 'residual'].map((name) => `outputs[2].${name}`),
      );
      const numbers = (name: string) => file.float32(name).data.subarray(120, 160);
      const [own, next, size] = ['own_loss', 'outputs[1].loss', 'outputs[2].loss'].map(numbers);
      numbers('loss').forEach((loss, i) => {
        expect(loss).toBeCloseTo(own![i]! + next![i]! + size![i]!, 5);
      });
      const predicted = file.float32('outputs[1].probabilities').data;
      const truths = file.int32('outputs[1].true_class').data;
      next!.forEach((loss, i) => {
        expect(loss).toBeCloseTo(-Math.log(predicted[(120 + i) * 3 + truths[120 + i]!]!), 4);
      });
      const residuals = numbers('outputs[2].residual');
      residuals.forEach((residual, i) => {
        expect(size![i]).toBeCloseTo(residual ** 2, 5);
      });
      expect(truths.subarray(0, 3)).toEqual(Int32Array.of(1, 2, 0));
      expect(metrics['outputs.size.mean_absolute_error']).toBeCloseTo(mean(residuals.map(Math.abs)), 5);
      expect(metrics['outputs.next.loss']).toBeCloseTo(mean(next!), 5);
      expect(metrics['outputs.side.loss']).toBeCloseTo(mean(own!), 5);
      const correct = file.uint8('outputs[1].correct').data.subarray(120, 160);
      expect(metrics['outputs.next.accuracy']).toBeCloseTo(mean(correct), 6);
    });

    it('gives the evaluation of a named output, with class names where they are its own', async () => {
      const { run, file } = await done({ moreTruths, classNames }, three);
      const { evaluations } = platform().api;
      const of = async (output: string) =>
        (
          await evaluations.getSampleEvaluation({
            runId: run.id,
            epoch: 0,
            split: Split.VALIDATION,
            sampleId: 's3',
            output,
          })
        ).evaluation!;
      const column = (name: string) => file.float32(name).data[123];
      expect(await of('')).toMatchObject({ loss: column('loss'), trueClassName: 'left', trueClass: 0 });
      expect(await of('side')).toMatchObject({ loss: column('own_loss'), trueClassName: 'left' });
      expect(await of('next')).toMatchObject({
        loss: column('outputs[1].loss'),
        trueClass: 1,
        trueClassName: '',
        task: Task.MULTI_CLASS,
      });
      expect(await of('size')).toMatchObject({
        loss: column('outputs[2].loss'),
        residual: column('outputs[2].residual'),
        task: Task.REGRESSION,
      });
      const listed = await evaluations.listSampleEvaluations({
        runId: run.id,
        output: 'next',
        filter: 'true_class = 1',
        pageSize: 1000,
      });
      expect(listed.evaluations.map(({ loss }) => loss)).toEqual(
        listed.evaluations.map(({ row }) => file.float32('outputs[1].loss').data[row]!),
      );
      expect(listed.totalSize).toBe(54);
      await expect(of('nothing')).rejects.toThrow('has no output "nothing"; it has: side, next, size');
    });
  });

  it('of data whose integration declares metrics has them by sample, by split and as fields of filters', async () => {
    const { run, columns, file, metrics, sample } = await done(
      {
        classNames: ['left', 'right', 'both'],
        metrics: { margin: (p, label) => p[label]! - Math.max(...p.filter((_, i) => i !== label)) },
      },
      dense(3, 'softmax'),
    );
    expect(columns).toContain('metrics.margin');
    const p = file.float32('probabilities').data;
    const margins = file.float32('metrics.margin').data;
    const margin = (row: number): number => {
      const own = [...p.subarray(3 * row, 3 * row + 3)];
      const [right] = own.splice(row % 3, 1);
      return right! - Math.max(...own);
    };
    expect(margins[123]).toBeCloseTo(margin(123), 6);
    expect(margins[160]).toBeNaN(); // without ground truth
    expect(metrics['margin']).toBeCloseTo(mean(margins.subarray(120, 160)), 5);
    expect((await sample('s3')).metrics).toMatchObject([{ name: 'margin', value: margins[123]! }]);
    const { evaluations, totalSize } = await platform().api.evaluations.listSampleEvaluations({
      runId: run.id,
      epoch: 0,
      filter: 'metrics.margin < 0 AND split = SPLIT_VALIDATION',
    });
    expect(totalSize).toBe([...margins.subarray(120, 160)].filter((value) => value < 0).length);
    expect(evaluations.every(({ metrics: [own] }) => own!.value < 0)).toBe(true);
  });

  it('with the loss of the integration learns what the same loss of the engine learns', async () => {
    const truth = { dims: [1], of: (label: number) => [label / 2] };
    const settings = { epochs: 3, optimizer: { name: 'sgd', config: { learning_rate: 0.05 } } };
    const squared = (p: Float32Array, label: number) => {
      const error = p[0]! - Math.fround(label / 2);
      return { value: error ** 2, gradient: [2 * error] };
    };
    const model = headed(
      layer('Flatten', { name: 'flat' }),
      layer('Dropout', { name: 'drop', rate: 0.25 }),
      layer('Dense', { name: 'out', units: 1, activation: 'linear' }),
    );
    const [ours, theirs] = [
      await done({ truth }, model, { ...settings, loss: { name: 'mean_squared_error' } }),
      await done({ truth, loss: squared }, model, { ...settings, loss: { name: 'integration' } }),
    ];
    expect(theirs.run).toMatchObject({ task: Task.REGRESSION, settings: { loss: { name: 'integration' } } });
    expect(theirs.columns).toEqual(ours.columns);
    for (const column of ['loss', 'predictions', 'residual']) {
      const [a, b] = [theirs.file.float32(column).data, ours.file.float32(column).data];
      expect(Math.max(...b.map((value, row) => (row < 160 ? Math.abs(value - a[row]!) : 0)))).toBeLessThan(
        1e-5,
      );
    }
    expect(theirs.metrics['mean_absolute_error']).toBeCloseTo(ours.metrics['mean_absolute_error']!, 5);
    expect(await ours.refused({ loss: { name: 'integration' } })).toMatch(
      /the integration of the data declares no loss/,
    );
  });

  it('of labels that do not exclude each other is judged label by label, and as a whole', async () => {
    const { run, columns, file, metrics } = await done(
      { truth: { dims: [2], of: (label) => [label !== 1 ? 1 : 0, label !== 0 ? 1 : 0] } },
      dense(2, 'sigmoid'),
      { epochs: 12, optimizer: { name: 'adam', config: { learning_rate: 0.02 } } },
    );
    expect(run).toMatchObject({
      task: Task.MULTI_LABEL,
      settings: { loss: { name: 'binary_crossentropy' } },
    });
    expect(columns).toEqual(['loss', 'has_loss', 'correct', 'probabilities']);
    expect(Object.keys(metrics)).toEqual(['binary_accuracy', 'precision', 'recall']);
    const p = file.float32('probabilities').data;
    const right = Array.from({ length: 40 }, (_, i) =>
      [0, 1].map((label) => p[2 * (120 + i) + label]! > 0.5 === ((120 + i) % 3 !== 1 - label)),
    );
    expect(metrics['binary_accuracy']).toBeCloseTo(mean(right.flat().map(Number)), 6);
    expect(mean(file.uint8('correct').data.subarray(120, 160))).toBeCloseTo(
      mean(right.map((both) => Number(both.every(Boolean)))),
      6,
    );
  });

  it('of a class at every pixel has intersection over union and accuracy by pixel', async () => {
    const mask = {
      dims: [4, 4],
      of: (_: number, picture: Float32Array) => Array.from(picture, (value) => (value > 0.35 ? 1 : 0)),
    };
    const { run, columns, file, metrics, sample } = await done(
      { truth: mask },
      headed(layer('Conv2D', { name: 'out', filters: 1, kernel_size: 1, activation: 'sigmoid' })),
      { epochs: 6, optimizer: { name: 'adam', config: { learning_rate: 0.05 } } },
    );
    expect(run).toMatchObject({ task: Task.PER_PIXEL, settings: { loss: { name: 'binary_crossentropy' } } });
    expect(columns).toEqual([
      ...['loss', 'has_loss', 'probabilities', 'pixel_accuracy', 'iou'],
      ...['predicted_positions', 'true_positions'],
    ]);
    expect(metrics['pixel_accuracy']).toBeCloseTo(
      mean(file.float32('pixel_accuracy').data.subarray(120, 160)),
      5,
    );
    expect(metrics['mean_iou']).toBeGreaterThan(0.5);
    expect(await sample('s3')).toMatchObject({
      task: Task.PER_PIXEL,
      probabilities: [],
      predictedClass: -1,
      pixelAccuracy: file.float32('pixel_accuracy').data[123],
    });
    const { positionDims, predictedRegions } = await sample('s3');
    expect(positionDims).toEqual([4, 4]);
    const above = [...file.float32('probabilities').data.subarray(123 * 16, 124 * 16)].map((p) => p > 0.5);
    expect(drawn(predictedRegions, 16)).toEqual(above.map((is) => (is ? 1 : -1)));
  });

  it('of a class at each position, some of them without, learns and counts the others alone', async () => {
    const known = 12;
    const { run, file, metrics, sample } = await done(
      {
        truth: {
          dims: [4, 4, 2],
          of: (_: number, picture: Float32Array) =>
            [...picture].flatMap((value, at) => (at >= known ? [0, 0] : value > 0.35 ? [0, 1] : [1, 0])),
        },
        classNames: ['dark', 'bright'],
      },
      headed(layer('Conv2D', { name: 'out', filters: 2, kernel_size: 1, activation: 'softmax' })),
      { epochs: 6, optimizer: { name: 'adam', config: { learning_rate: 0.05 } } },
    );
    expect(run).toMatchObject({
      task: Task.PER_PIXEL,
      settings: { loss: { name: 'categorical_crossentropy' } },
    });
    const counted = [...file.float32('pixel_accuracy').data.subarray(120, 160)].map((share) => share * known);
    for (const right of counted) expect(right).toBeCloseTo(Math.round(right), 4);
    expect(metrics['pixel_accuracy']).toBeCloseTo(mean(counted) / known, 5);
    expect(metrics['pixel_accuracy']).toBeGreaterThan(0.7);
    const { predictedRegions, trueRegions } = await sample('s3');
    expect(new Set([...predictedRegions, ...trueRegions].map(({ className }) => className))).toEqual(
      new Set(['dark', 'bright']),
    );
    const [predicted, truth] = [drawn(predictedRegions, 16), drawn(trueRegions, 16)];
    expect(predicted).not.toContain(-1);
    expect(truth.indexOf(-1)).toBe(known);
    const same = truth.filter((one, at) => at < known && one === predicted[at]).length;
    expect(same / known).toBeCloseTo(file.float32('pixel_accuracy').data[123]!, 6);
  });

  // objects are the bright halves of a picture, as shares of it; one bright half leaves the second row empty
  const halves = {
    dims: [2, 5],
    of: (label: number) => {
      const half = (side: number): number[] => [side / 2, 0, 0.5, 1, side];
      const none = [0, 0, 0, 0, -1];
      return label === 2 ? [...half(0), ...half(1)] : [...half(label), ...none];
    },
  };
  const grid = headed(
    layer('Conv2D', { name: 'out', filters: 7, kernel_size: [4, 2], strides: [4, 2], activation: 'linear' }),
  );

  it('of boxes is a detection: it learns them on a grid and counts what it misses', async () => {
    const { run, columns, file, metrics, sample, refused } = await done(
      { truth: halves, classNames: ['left', 'right'] },
      grid,
      { epochs: 10, optimizer: { name: 'adam', config: { learning_rate: 0.06 } } },
    );
    expect(run).toMatchObject({
      task: Task.DETECTION,
      settings: { loss: { name: 'yolo' } },
      objectives: [{ output: 'out', task: Task.DETECTION }],
    });
    expect(columns).toEqual([
      'loss',
      'has_loss',
      'predictions',
      'iou',
      'true_objects',
      'missed',
      'wrong_class',
      'badly_placed',
      'false_positives',
    ]);
    expect(Object.keys(metrics)).toEqual([
      'mean_average_precision',
      'mean_average_precision_50',
      'box_precision',
      'box_recall',
    ]);
    expect(metrics['mean_average_precision_50']).toBeGreaterThan(0.9);
    expect(metrics['mean_average_precision']).toBeGreaterThan(0.6);
    const missed = sum(file.float32('missed').data.subarray(120, 160));
    const truths = file.float32('true_objects').data.subarray(1200, 1600);
    const objects = truths.filter((_, at) => at % 5 === 4).filter((c) => c >= 0).length;
    expect([...file.float32('missed').data.subarray(160)]).toEqual([NaN, NaN, NaN, NaN, NaN]);
    const unmatched = ['wrong_class', 'badly_placed'].map((name) =>
      sum(file.float32(name).data.subarray(120, 160)),
    );
    expect(metrics['box_recall']).toBeCloseTo(1 - (missed + sum(unmatched)) / objects, 6);
    const both = await sample('s2');
    expect(both).toMatchObject({ task: Task.DETECTION, probabilities: [], predictions: [], trueClass: -1 });
    expect(both.iou).toBeGreaterThan(0.5);
    expect(both.trueObjects.map(({ className, outcome }) => [className, outcome])).toEqual([
      ['left', 'true-positive'],
      ['right', 'true-positive'],
    ]);
    for (const { x, width, outcome, score, classIndex } of both.predictedObjects) {
      expect(outcome).toBe('true-positive');
      expect(score).toBeGreaterThan(0.25);
      expect(Math.abs(x - classIndex / 2) + Math.abs(width - 0.5)).toBeLessThan(0.2);
    }
    expect((await sample('s1', Split.UNLABELED)).trueObjects).toEqual([]);
    expect(await refused({ loss: { name: 'lrp_error' } })).toMatch(
      /"out" gives \[1, 2, 7\], which takes the loss yolo/,
    );
    expect(await refused({ loss: { name: 'yolo', config: { score_threshold: 2 } } })).toMatch(
      /"score_threshold" of loss yolo is 2; give a number above 0 and at most 1/,
    );
    expect(await refused({ metrics: [{ name: 'accuracy' }] })).toMatch(
      /does not fit the task detection; metrics that fit: box_precision, box_recall, mean_average/,
    );
  });

  it('of boxes that a network decodes itself is evaluated by matching, and not trained', async () => {
    const { run, metrics, sample, refused } = await done(
      { truth: halves, classNames: ['left', 'right'] },
      headed(
        layer('Flatten', { name: 'flat' }),
        layer('Dense', { name: 'numbers', units: 12, activation: 'sigmoid' }),
        layer('Reshape', { name: 'out', target_shape: [2, 6] }),
      ),
      { kind: RunKind.EVALUATE },
    );
    expect(run).toMatchObject({ task: Task.DETECTION, settings: { loss: { name: 'lrp_error' } } });
    // boxes of about one pixel in the upper left corner: none is where an object is
    expect(metrics).toMatchObject({ mean_average_precision_50: 0, box_recall: 0 });
    const one = await sample('s3');
    expect([one.loss, one.hasLoss, one.iou! < 0.5]).toEqual([1, true, true]);
    expect(one.trueObjects).toHaveLength(1);
    expect(await refused({})).toMatch(
      /decoded boxes, which have no gradient; train a grid \[rows, columns, 7\] with the loss yolo, or evaluate/,
    );
  });

  it('of class numbers takes the sparse loss by itself', async () => {
    const { run, columns } = await done(
      { truth: { dims: [], of: (label) => [label] }, classNames: ['left', 'right', 'both'] },
      dense(3, 'softmax'),
    );
    expect(run).toMatchObject({
      task: Task.MULTI_CLASS,
      settings: { loss: { name: 'sparse_categorical_crossentropy' }, metrics: [{ name: 'accuracy' }] },
    });
    expect(columns).toContain('true_class');
  });

  it.each<[string, DatasetOptions, number, RegExp]>([
    ['without ground truth', { truth: null }, 3, /the data have no ground truth/],
    [
      'by a network that distinguishes other classes',
      { classNames: ['left', 'right', 'both'] },
      5,
      /distinguishes 5 classes, the data have 3/,
    ],
  ])('%s an evaluation says what the model says, and no loss', async (_, options, units, reason) => {
    const { run, epoch, columns, sample, refused } = await done(options, dense(units, 'softmax'), {
      kind: RunKind.EVALUATE,
    });
    expect(run).toMatchObject({
      task: Task.MULTI_CLASS,
      objectives: [{ output: 'out', task: Task.MULTI_CLASS }],
    });
    expect(run.noLossReason).toMatch(reason);
    expect([run.settings!.loss, run.settings!.metrics, epoch.splits]).toEqual([undefined, [], []]);
    expect(columns).toEqual(['loss', 'has_loss', 'predicted_class', 'probabilities']);
    expect(await sample('s3')).toMatchObject({
      hasLoss: false,
      trueClass: -1,
      predictedClassName: '',
      probabilities: { length: units },
    });
    expect(await refused({})).toMatch(reason);
    expect(await refused({ kind: RunKind.EVALUATE, metrics: [{ name: 'accuracy' }] })).toMatch(
      /the metric accuracy compares with ground truth, which this run does not have/,
    );
  });

  it.each<[string, DatasetOptions, JsonObject, RegExp]>([
    [
      'class numbers above the classes',
      { truth: { dims: [], of: (label) => [2 * label] } },
      dense(3, 'softmax'),
      /row 2 is 4; the loss sparse_categorical_crossentropy takes class numbers from 0 to 2/,
    ],
    [
      'several labels for a softmax',
      { truth: { dims: [3], of: () => [1, 1, 0] } },
      dense(3, 'softmax'),
      /row 0 sums to 2; the loss categorical_crossentropy takes shares of classes that sum to 1/,
    ],
    [
      'numbers for a sigmoid',
      { truth: { dims: [], of: (label) => [label / 2] } },
      dense(1, 'sigmoid'),
      /row 1 is 0.5; the loss binary_crossentropy takes 0 or 1; for numbers take mean_squared_error/,
    ],
    [
      'a box that leaves its picture',
      {
        truth: { ...halves, of: (label) => [label + 1.5, 0, 0.5, 1, 0, 0, 0, 0, 0, -1] },
        classNames: ['half', 'no'],
      },
      grid,
      /row 0, object 0: x is 1.5; give shares of the picture from 0 to 1/,
    ],
  ])('with %s fails by name and row', async (_, options, topology, message) => {
    const running = platform();
    const { id } = await running.createRun({
      datasetVersionId: await running.addDataset({ classNames: [], ...options }),
      modelVersionId: await running.addModel(topology),
    });
    const { state, fault } = await running.ended(id);
    expect([state, fault!.reason]).toEqual([RunState.FAILED, 'GROUND_TRUTH_MISFIT']);
    expect(fault!.message).toMatch(message);
  });
}
