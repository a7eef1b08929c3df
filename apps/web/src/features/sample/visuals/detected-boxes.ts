import type { SampleEvaluation, SampleObject } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { StoredBox, StoredBoxes } from '@noema/integration/visuals';

/** A box with a word on its outcome, such as "missed". */
export interface NotedBox extends StoredBox {
  readonly note?: string;
}

/** Words on outcomes; an object that is found needs none. */
const NOTES: Readonly<Record<string, string>> = {
  missed: 'missed',
  'badly-placed': 'badly placed',
  'wrong-class': 'wrong class',
  duplicate: 'duplicate',
  'wrong-class-badly-placed': 'wrong class, badly placed',
  background: 'no object here',
};

/**
 * The boxes of a picture with the objects that the model predicts for it in place of other predictions, and the
 * outcome of each object; unchanged for a task other than detection. A class that the picture does not list is added.
 */
export function addDetections(
  visual: StoredBoxes,
  evaluation: Pick<SampleEvaluation, 'task' | 'predictedObjects' | 'trueObjects'>,
): StoredBoxes {
  const { task, predictedObjects, trueObjects } = evaluation;
  if (task !== Task.DETECTION) return visual;
  const { width, height } = visual;
  const labels = [...visual.labels];
  const toBox = (object: SampleObject, predicted: boolean): NotedBox => {
    const name = object.className === '' ? `class ${object.classIndex}` : object.className;
    if (!labels.includes(name)) labels.push(name);
    const note = NOTES[object.outcome];
    return {
      label: labels.indexOf(name),
      x: object.x * width,
      y: object.y * height,
      width: object.width * width,
      height: object.height * height,
      ...(predicted && { predicted, score: object.score ?? 0 }),
      ...(note !== undefined && { note }),
    };
  };
  const truths =
    trueObjects.length > 0
      ? trueObjects.map((object) => toBox(object, false))
      : visual.boxes.filter(({ predicted = false }) => !predicted);
  return { ...visual, boxes: [...truths, ...predictedObjects.map((object) => toBox(object, true))], labels };
}
