import type { MessageInitShape } from '@bufbuild/protobuf';
import type { SampleSchema } from '@noema/contracts/noema/datasets/v1/sample';
import type { SampleEpochSchema } from '@noema/contracts/noema/training/v1/evaluation_summary';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import type { SyntheticPopulation } from './synthetic-population.js';
import type { EvaluationRecord } from './synthetic-tasks.js';

const findName = ({ classNames }: SyntheticPopulation, index: number): string => classNames[index] ?? '';

/** The sample of a row, with the row as its metadata. */
export const syntheticSample = (
  population: SyntheticPopulation,
  row: number,
): MessageInitShape<typeof SampleSchema> => ({
  ref: { split: Split.VALIDATION, sampleId: population.toSampleId(row) },
  row,
  metadata: { row },
  classIndex: population.trueClass[row]!,
  className: findName(population, population.trueClass[row]!),
});

/** The evaluation of the sample after an epoch. */
export function syntheticEpoch(
  population: SyntheticPopulation,
  row: number,
  epoch: number,
): MessageInitShape<typeof SampleEpochSchema> {
  const { loss, hasLoss, predictedClass, predictedClassName, correct } = syntheticEvaluation(population, row);
  return {
    epoch,
    loss,
    hasLoss,
    predictedClass,
    predictedClassName,
    correct,
    trueProbability: correct === true ? 0.9 : 0.1,
    confidence: 0.9,
  } as MessageInitShape<typeof SampleEpochSchema>;
}

/** Its evaluation. */
export function syntheticEvaluation(population: SyntheticPopulation, row: number): EvaluationRecord {
  const { trueClass, predictedClass, loss, classNames } = population;
  const hasLoss = !Number.isNaN(loss[row]!);
  return {
    sample: { split: Split.VALIDATION, sampleId: population.toSampleId(row) },
    row,
    loss: hasLoss ? loss[row]! : 0,
    hasLoss,
    lossRank: 1,
    predictedClass: predictedClass[row]!,
    predictedClassName: findName(population, predictedClass[row]!),
    trueClass: trueClass[row]!,
    trueClassName: findName(population, trueClass[row]!),
    correct: trueClass[row] === predictedClass[row],
    probabilities: classNames.map((_, i) =>
      i === predictedClass[row] ? 0.9 : 0.1 / Math.max(1, classNames.length - 1),
    ),
  };
}
