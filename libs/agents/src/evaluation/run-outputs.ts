import { findTask } from '@noema/contracts';
import type { Outputs } from '@noema/evaluation';
import type { Rows } from './run-samples.js';

/** Returns ground truth and outputs of evaluations as columns; row i is evaluation i. */
export function toOutputs(rows: Rows): Outputs {
  const first = rows[0];
  // Labels that do not exclude each other have no class.
  const isClassifier = (first?.probabilities.length ?? 0) > 0 && findTask(first?.task) !== 'multi-label';
  const width = (isClassifier ? first?.probabilities : first?.predictions)?.length ?? 0;
  const scores = new Float32Array(rows.length * width);
  const targets = new Float32Array(isClassifier ? 0 : rows.length * width).fill(NaN);
  const classNames: string[] = [];
  rows.forEach(({ probabilities, predictions, ...sample }, row) => {
    scores.set(isClassifier ? probabilities : predictions, row * width);
    if (!isClassifier) targets.set(sample.targets.slice(0, width), row * width);
    if (sample.trueClass >= 0) classNames[sample.trueClass] = sample.trueClassName;
    if (sample.predictedClass >= 0) classNames[sample.predictedClass] = sample.predictedClassName;
  });
  return {
    truth: isClassifier ? Int32Array.from(rows, ({ trueClass }) => trueClass) : undefined,
    predicted: isClassifier ? Int32Array.from(rows, ({ predictedClass }) => predictedClass) : undefined,
    scores,
    width,
    targets: isClassifier ? undefined : targets,
    losses: Float32Array.from(rows, ({ hasLoss, loss }) => (hasLoss ? loss : NaN)),
    classNames: Array.from(classNames, (name, index) => name ?? String(index)),
  };
}
