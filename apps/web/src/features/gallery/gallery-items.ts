import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { namesOneClass } from '../sample/outcome.js';
import { verdictText } from '../sample/verdict.view.js';

/** One sample of a gallery. */
export interface GalleryItem {
  /** Row in the population of the gallery; what is marked is noted by it. */
  readonly id: number;
  readonly datasetVersionId: string;
  /** Row in the dataset version. */
  readonly row: number;
  /** Whether the run of the gallery evaluated it. */
  readonly isEvaluated: boolean;
}

/** Facts about a sample that need no request. */
export interface KnownFacts {
  readonly label?: string | undefined;
  readonly prediction?: string | undefined;
  /** Value of the column that the gallery is sorted by. */
  readonly note?: string | undefined;
}

/** The samples of a gallery in the order in which it shows them. */
export interface GalleryItems {
  /** Changes when the samples or their order do. */
  readonly key: string;
  readonly count: number;
  /** False while more follow. */
  readonly isWhole: boolean;
  /** Number of all samples of the list, where it is known before all have come. */
  readonly matchCount?: number | undefined;
  /** One more than the highest `id`. */
  readonly total: number;
  /** One more than the highest `id` of a sample that the run of the gallery evaluated. */
  readonly evaluatedTotal: number;
  itemAt(index: number): GalleryItem;
  /** Facts about an item that are known at once. */
  factsAt?(index: number): KnownFacts;
  /** Facts about an item from its sample, once that is loaded. */
  readFacts?(sample: Sample): KnownFacts;
}

/** How a model did on a sample: the text below its picture, and the frame around it. */
export interface GalleryVerdict {
  readonly text: string;
  readonly frame: 'correct' | 'misclassified' | 'none';
}

/** The verdict of an evaluation, or of what is known without one; `undefined` while nothing is known. */
export function verdictFor(
  known: KnownFacts | undefined,
  evaluation: SampleEvaluation | undefined,
): GalleryVerdict | undefined {
  if (evaluation !== undefined) return evaluatedVerdict(evaluation);
  if (known?.label === undefined)
    return known?.prediction === undefined
      ? undefined
      : { text: `predicted ${known.prediction}`, frame: 'none' };
  const { label, prediction } = known;
  if (prediction === undefined) return { text: label, frame: 'none' };
  return label === prediction
    ? { text: label, frame: 'correct' }
    : { text: `${label} → ${prediction}`, frame: 'misclassified' };
}

/** Tasks without one correct answer have no frame. */
function evaluatedVerdict(evaluation: SampleEvaluation): GalleryVerdict {
  const { task, trueClass, predictedClass, correct, hasLoss } = evaluation;
  const isJudged = namesOneClass(task)
    ? trueClass >= 0 && predictedClass >= 0
    : task === Task.MULTI_LABEL && hasLoss;
  return {
    text: verdictText(evaluation),
    frame: isJudged ? (correct ? 'correct' : 'misclassified') : 'none',
  };
}
