import { Task } from '@noema/contracts/noema/type/v1/task';
import { writeEvaluation } from '@noema/population/files';
import type { OutputEvaluation } from '@noema/population/rules';
import type { SyntheticPopulation } from './synthetic-population.js';

/** Errors of the epoch before the last one: every twentieth sample more is misclassified. */
const EARLIER_STEP = 20;

/**
 * The file of an evaluation of a synthetic population. Earlier epochs misclassify more samples; the numbers of a
 * regression are off by −1 to 1 times the epochs that are left.
 */
export function syntheticEvaluationFile(
  population: SyntheticPopulation,
  task: Task,
  epochsLeft: number,
): Uint8Array {
  const { count, loss } = population;
  const common = {
    rows: count,
    loss,
    hasLoss: Uint8Array.from(loss, (value) => (Number.isNaN(value) ? 0 : 1)),
    predictedClass: new Int32Array(count).fill(-1),
    trueClass: new Int32Array(count).fill(-1),
    correct: new Uint8Array(count),
  };
  return writeEvaluation([{ ...common, ...toOutput(population, task, epochsLeft) }]);
}

type Output = Partial<OutputEvaluation> & Pick<OutputEvaluation, 'width' | 'outputs'>;

function toOutput(population: SyntheticPopulation, task: Task, epochsLeft: number): Output {
  const { count } = population;
  const each = (value: (row: number) => number): Float32Array =>
    Float32Array.from({ length: count }, (_, row) => value(row));
  switch (task) {
    case Task.REGRESSION: {
      const targets = each((row) => row % 100);
      const outputs = each((row) => (row % 100) + Math.sin(row) * (1 + epochsLeft));
      const residual = targets.map((target, row) => target - outputs[row]!);
      return { task: 'regression', width: 1, outputs, targets, residual };
    }
    case Task.PER_PIXEL:
      return {
        task: 'per-pixel',
        width: 1,
        outputs: each(() => 0),
        pixelAccuracy: each((row) => 0.9 + (row % 10) / 100),
        iou: each((row) => 0.5 + (row % 50) / 100),
      };
    case Task.DETECTION:
      return {
        task: 'detection',
        width: 1,
        outputs: each(() => 0),
        iou: each((row) => (row % 10) / 10),
        missed: each((row) => Number(row % 4 === 0)),
        wrongClass: each((row) => Number(row % 10 === 0)),
        badlyPlaced: each((row) => Number(row % 5 === 0)),
        falsePositives: each((row) => row % 3),
      };
    case Task.MULTI_LABEL:
      return {
        task: 'multi-label',
        width: 3,
        outputs: new Float32Array(3 * count).fill(0.5),
        correct: Uint8Array.from({ length: count }, (_, row) => Number(row % 3 !== 0)),
      };
    default:
      return toClasses(population, epochsLeft);
  }
}

function toClasses(
  { count, classNames, trueClass, predictedClass: last }: SyntheticPopulation,
  epochsLeft: number,
): Output {
  const width = classNames.length;
  const predictedClass = last.map((predicted, row) =>
    epochsLeft > 0 && row % EARLIER_STEP === 7 ? (predicted + 1) % width : predicted,
  );
  const outputs = new Float32Array(count * width);
  predictedClass.forEach((predicted, row) => {
    const confidence = 0.55 + 0.44 * ((row * 37) % 100) * 0.01;
    for (let k = 0; k < width; k++)
      outputs[row * width + k] = k === predicted ? confidence : (1 - confidence) / (width - 1 || 1);
  });
  return {
    task: 'multi-class',
    width,
    outputs,
    predictedClass,
    trueClass,
    correct: Uint8Array.from(predictedClass, (predicted, row) => Number(predicted === trueClass[row])),
  };
}
