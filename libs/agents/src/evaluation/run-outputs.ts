import { findSplit, findTask } from '@noema/contracts';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { Outputs, ReductionChart } from '@noema/evaluation';
import { DomainError } from '@noema/kernel';
import { classNamesFor } from '@noema/population/rules';
import { addSplit } from './splits.js';
import type { RunSamples } from '@noema/judging';

/** Reductions of classes alone, which read no scores. */
const WITHOUT_SCORES: ReadonlySet<string> = new Set(['confusion', 'classes']);
/** Scores that may be read, for each sample that may be. */
const MAX_SCORES_PER_ROW = 50;

/** Ground truth and outputs of evaluations as columns; row i is evaluation i. */
export interface RunOutputs {
  readonly outputs: Outputs;
  readonly rows: number;
  /** Number of samples with ground truth. */
  readonly n: number;
  /** Number of samples of each split. */
  readonly splits: ReadonlyMap<string, number>;
}

/**
 * Loads the columns that a reduction reads; undefined without samples. Throws as `RunSamples.each`, `unsupported`
 * TOO_MANY_SCORES when they do not fit into memory.
 */
export async function loadOutputs(
  samples: RunSamples,
  { where, reduction }: ReductionChart,
  limits: { readonly classNames: readonly string[]; readonly maxRows: number },
): Promise<RunOutputs | undefined> {
  const hasScores = !WITHOUT_SCORES.has(reduction);
  return samples.keep(
    ['outputs', where, hasScores],
    async () => {
      let columns: OutputColumns | undefined;
      await samples.each(where, (page, total) => {
        const [first] = page;
        if (first === undefined) return;
        columns ??= new OutputColumns(first, total, { ...limits, hasScores });
        for (const sample of page) columns.add(sample);
      });
      return columns?.toOutputs();
    },
    (loaded) => (loaded === undefined ? 0 : countBytes(loaded)),
  );
}

const countBytes = ({ outputs: { scores, targets }, rows }: RunOutputs): number =>
  12 * rows + 4 * (scores.length + (targets?.length ?? 0));

class OutputColumns {
  private readonly isClassifier: boolean;
  private readonly width: number;
  private readonly truth: Int32Array;
  private readonly predicted: Int32Array;
  private readonly losses: Float32Array;
  private readonly scores: Float32Array;
  private readonly targets: Float32Array;
  private readonly classNames: readonly string[];
  private readonly splits = new Map<string, number>();
  private row = 0;
  private n = 0;

  constructor(
    { task, probabilities, predictions }: SampleEvaluation,
    private readonly rows: number,
    options: {
      readonly classNames: readonly string[];
      readonly maxRows: number;
      readonly hasScores: boolean;
    },
  ) {
    // Labels that do not exclude each other have no class.
    this.isClassifier = probabilities.length > 0 && findTask(task) !== 'multi-label';
    this.width = (this.isClassifier ? probabilities : predictions).length;
    const scores = options.hasScores || !this.isClassifier ? rows * this.width : 0;
    checkScores(scores, this.width, options.maxRows * MAX_SCORES_PER_ROW);
    this.truth = new Int32Array(this.isClassifier ? rows : 0);
    this.predicted = new Int32Array(this.isClassifier ? rows : 0);
    this.losses = new Float32Array(rows);
    this.scores = new Float32Array(scores);
    this.targets = new Float32Array(this.isClassifier ? 0 : scores).fill(NaN);
    this.classNames = classNamesFor(this.width, options.classNames);
  }

  add(sample: SampleEvaluation): void {
    const { row, width } = this;
    this.row++;
    addSplit(this.splits, findSplit(sample.sample?.split));
    this.losses[row] = sample.hasLoss ? sample.loss : NaN;
    if (this.isClassifier) {
      this.truth[row] = sample.trueClass;
      this.predicted[row] = sample.predictedClass;
      if (this.scores.length > 0) this.scores.set(sample.probabilities, row * width);
      if (sample.trueClass >= 0) this.n++;
    } else {
      this.scores.set(sample.predictions, row * width);
      this.targets.set(sample.targets.slice(0, width), row * width);
      if (sample.targets.length > 0) this.n++;
    }
  }

  toOutputs(): RunOutputs {
    const { isClassifier, truth, predicted, scores, width, targets, losses, classNames, rows, n, splits } =
      this;
    return {
      outputs: {
        truth: isClassifier ? truth : undefined,
        predicted: isClassifier ? predicted : undefined,
        targets: isClassifier ? undefined : targets,
        ...{ scores, width, losses, classNames },
      },
      rows,
      n,
      splits,
    };
  }
}

function checkScores(scores: number, width: number, maxScores: number): void {
  if (scores <= maxScores) return;
  throw new DomainError(
    'unsupported',
    'TOO_MANY_SCORES',
    `the samples have ${scores} scores, ${width} each, and this server reads ${maxScores} for one answer; narrow ` +
      'them with where, or use reduce confusion or classes',
  );
}
