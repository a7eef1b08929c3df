import type { SplitName } from '@noema/kernel';
import type { SampleIndex } from './dataset.js';
import { rowsByLoss } from './loss.order.js';
import type { Evaluation } from './training.ports.js';

/** What the model said about one sample after an epoch. */
export interface SampleEvaluation {
  readonly split: SplitName;
  readonly sampleId: string;
  readonly row: number;
  /** `undefined` for a sample without ground truth. */
  readonly loss: number | undefined;
  /** 1 for the highest loss of the population; 0 without one. */
  readonly lossRank: number;
  readonly predictedClass: number;
  readonly predictedClassName: string;
  readonly trueClass: number;
  readonly trueClassName: string;
  readonly correct: boolean;
  readonly probabilities: Float32Array;
}

/** All rows of one evaluation in the order of their loss. */
export class RankedEvaluation {
  /** Rows with ground truth by falling loss, equal ones by row; then the rows without. */
  readonly byLoss: Uint32Array;
  private readonly ranks: Uint32Array;

  constructor(readonly evaluation: Evaluation) {
    const { rows, loss, hasLoss } = evaluation;
    this.byLoss = rowsByLoss(loss, hasLoss);
    this.ranks = new Uint32Array(rows);
    this.byLoss.forEach((row, i) => { this.ranks[row] = hasLoss[row] === 1 ? i + 1 : 0; });
  }

  /** Everything about one row. */
  at(row: number, index: SampleIndex, classNames: readonly string[]): SampleEvaluation {
    const { hasLoss, loss, predictedClass, trueClass, correct, probabilities, width } = this.evaluation;
    const name = (c: number): string => classNames[c] ?? '';
    return {
      split: index.splits[row]!,
      sampleId: index.sampleIds[row]!,
      row,
      loss: hasLoss[row] === 1 ? loss[row]! : undefined,
      lossRank: this.ranks[row]!,
      predictedClass: predictedClass[row]!,
      predictedClassName: name(predictedClass[row]!),
      trueClass: trueClass[row]!,
      trueClassName: name(trueClass[row]!),
      correct: correct[row] === 1,
      probabilities: probabilities.subarray(row * width, (row + 1) * width),
    };
  }
}
