import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  SampleEvaluation,
  SampleEvaluationSchema,
} from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';

/** An evaluation as a peer gives it. */
export type EvaluationRecord = Exclude<MessageInitShape<typeof SampleEvaluationSchema>, SampleEvaluation>;

/** A task of a synthetic run: its metrics, its columns of points, and its evaluation of a row. */
export interface SyntheticTask {
  readonly task: Task;
  /** Shape of the ground truth of a sample. */
  readonly truthDims: readonly number[];
  readonly classNames: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  /** Fields of the evaluation of a sample with the given loss, in addition to the fields of every task. */
  evaluate(row: number): EvaluationRecord;
}

const OBJECTS = {
  found: { x: 0.1, y: 0.2, width: 0.3, height: 0.4, classIndex: 0, className: 'car' },
  missed: { x: 0.6, y: 0.1, width: 0.2, height: 0.3, classIndex: 1, className: 'person' },
  moved: { x: 0.5, y: 0.6, width: 0.3, height: 0.3, classIndex: 0, className: 'car' },
};
const NONE = { predictedClass: -1, predictedClassName: '', trueClass: -1, trueClassName: '', correct: false };

/** Every task but that of one of several classes, which synthetic runs have by default. */
export const SYNTHETIC_TASKS: Readonly<Record<string, SyntheticTask>> = {
  'multi-label': {
    task: Task.MULTI_LABEL,
    truthDims: [3],
    classNames: ['sun', 'rain', 'wind'],
    metrics: { loss: 0.2, binary_accuracy: 0.9, precision: 0.8, recall: 0.7 },
    evaluate: (row) => ({ ...NONE, correct: row % 3 !== 0, probabilities: [0.9, 0.2, 0.7] }),
  },
  binary: {
    task: Task.BINARY,
    truthDims: [1],
    classNames: ['healthy', 'ill'],
    metrics: { loss: 0.3, accuracy: 0.85 },
    evaluate: (row) => ({
      ...{ predictedClass: row % 2, predictedClassName: row % 2 === 0 ? 'healthy' : 'ill' },
      ...{
        trueClass: 1,
        trueClassName: 'ill',
        correct: row % 2 === 1,
        probabilities: [row % 2 === 0 ? 0.2 : 0.8],
      },
    }),
  },
  regression: {
    task: Task.REGRESSION,
    truthDims: [3],
    classNames: [],
    metrics: { loss: 0.4, mean_absolute_error: 0.3, root_mean_squared_error: 0.5, r2_score: 0.8 },
    evaluate: (row) => ({
      ...NONE,
      probabilities: [],
      predictions: [row, 0.5, -1],
      targets: [row + 1, 0.25, -2],
    }),
  },
  sequence: {
    task: Task.PER_PIXEL,
    truthDims: [12, 4],
    classNames: ['O', 'B-person', 'I-person', 'B-place'],
    metrics: { loss: 0.4, pixel_accuracy: 0.93, mean_iou: 0.71 },
    // Ada Lovelace wrote to Charles Babbage from Ockham Park
    evaluate: () => ({
      ...{ ...NONE, probabilities: [], pixelAccuracy: 0.75, iou: 0.5 },
      positionDims: [12],
      predictedRegions: [
        { classIndex: 0, className: 'O', runs: [2, 2, 1, 2, 2, 3] },
        { classIndex: 1, className: 'B-person', runs: [0, 1, 3, 1] },
        { classIndex: 2, className: 'I-person', runs: [1, 1] },
        { classIndex: 3, className: 'B-place', runs: [7, 1] },
      ],
    }),
  },
  segmentation: {
    task: Task.PER_PIXEL,
    truthDims: [4, 4, 2],
    classNames: ['background', 'road'],
    metrics: { loss: 0.3, pixel_accuracy: 0.9, mean_iou: 0.8 },
    evaluate: () => ({
      ...{ ...NONE, probabilities: [], pixelAccuracy: 0.875, iou: 0.75 },
      positionDims: [4, 4],
      predictedRegions: [
        { classIndex: 0, className: 'background', runs: [0, 9, 3, 4] },
        { classIndex: 1, className: 'road', runs: [9, 3] },
      ],
      trueRegions: [
        { classIndex: 0, className: 'background', runs: [0, 8, 4, 4] },
        { classIndex: 1, className: 'road', runs: [8, 4] },
      ],
    }),
  },
  detection: {
    task: Task.DETECTION,
    truthDims: [4, 5],
    classNames: ['car', 'person'],
    metrics: { loss: 2.1, mean_average_precision: 0.41, box_precision: 0.7, box_recall: 0.6 },
    evaluate: () => ({
      ...NONE,
      probabilities: [],
      iou: 0.37,
      trueObjects: [
        { ...OBJECTS.found, outcome: 'true-positive' },
        { ...OBJECTS.missed, outcome: 'missed' },
        { ...OBJECTS.moved, outcome: 'badly-placed' },
      ],
      predictedObjects: [
        { ...OBJECTS.found, x: 0.11, score: 0.92, outcome: 'true-positive' },
        { ...OBJECTS.moved, x: 0.65, score: 0.55, outcome: 'badly-placed' },
        { ...OBJECTS.missed, x: 0.02, y: 0.65, score: 0.31, outcome: 'background' },
      ],
    }),
  },
};

/** The part of an evaluation that the history of a sample repeats. */
export const readHistory = ({
  predictedClass = -1,
  predictedClassName = '',
  correct = false,
  pixelAccuracy,
}: EvaluationRecord) => ({
  predictedClass,
  predictedClassName,
  correct,
  ...(pixelAccuracy !== undefined && { pixelAccuracy }),
});
