import type { PositionRegion, SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import {
  forEachRun,
  spansOfTags,
  type StoredMask,
  type StoredRegion,
  type StoredSpans,
} from '@noema/integration/visuals';

type Predicted = Pick<SampleEvaluation, 'positionDims' | 'predictedRegions' | 'trueRegions'>;

/** Names of a class that stands for nothing. */
const NOTHING = /^(background|bg|nothing|none|void|unlabell?ed|outside|o)$/i;

/** Whether the evaluation has a mask: a class for each pixel. */
export const hasMask = ({ positionDims }: Pick<SampleEvaluation, 'positionDims'>): boolean =>
  positionDims.length === 2;

/**
 * The masks of a picture with the mask that the model predicts for it in place of other predictions, at the size of
 * the picture; ground truth of the evaluation where the picture has no mask of its own. A class that the ground truth
 * of the picture does not draw, such as the background, is not drawn where it is predicted either. Unchanged for an
 * evaluation without a mask.
 */
export function addMask(visual: StoredMask, evaluation: Predicted): StoredMask {
  if (!hasMask(evaluation)) return visual;
  const { positionDims, predictedRegions, trueRegions } = evaluation;
  const labels = [...visual.labels];
  const own = visual.regions.filter(({ predicted = false }) => !predicted);
  const drawn = new Set(own.map(({ label }) => label));
  const isLeftOut = (region: PositionRegion): boolean =>
    NOTHING.test(region.className) ||
    (own.length > 0 &&
      trueRegions.some((one) => one.classIndex === region.classIndex) &&
      !drawn.has(toLabel(region, labels)));
  const toRegion = (region: PositionRegion, predicted: boolean): StoredRegion => ({
    label: toLabel(region, labels),
    ...(predicted && { predicted }),
    runs: fitRuns(region.runs, positionDims, visual),
  });
  const truths =
    own.length > 0
      ? own
      : trueRegions.filter((one) => !isLeftOut(one)).map((region) => toRegion(region, false));
  const predictions = predictedRegions
    .filter((one) => !isLeftOut(one))
    .map((region) => toRegion(region, true));
  return { ...visual, regions: [...truths, ...predictions], labels };
}

/**
 * The named parts of a text with the parts that the model predicts for it, one class for each token, in place of other
 * predictions. Unchanged where the places of the tokens are not known.
 */
export function addTags(visual: StoredSpans, { positionDims, predictedRegions }: Predicted): StoredSpans {
  const { offsets, spans } = visual;
  if (positionDims.length !== 1 || offsets === undefined) return visual;
  const tags = new Array<string>(Math.min(positionDims[0]!, offsets.length)).fill('O');
  for (const { className, classIndex, runs } of predictedRegions)
    forEachRun(runs, (from, to) => {
      tags.fill(className === '' ? `class ${classIndex}` : className, from, to);
    });
  const labels = [...visual.labels];
  const predicted = spansOfTags(offsets, tags).map(({ start, end, label }) => ({
    ...{ start, end },
    label: indexOrAdd(labels, label),
    predicted: true,
  }));
  return { ...visual, labels, spans: [...spans.filter((span) => span.predicted !== true), ...predicted] };
}

/** The label of a class, by its name, and of a class without a name by its number. */
const toLabel = ({ className, classIndex }: PositionRegion, labels: string[]): number =>
  className === '' && classIndex < labels.length
    ? classIndex
    : indexOrAdd(labels, className === '' ? `class ${classIndex}` : className);

function indexOrAdd(labels: string[], name: string): number {
  const found = labels.indexOf(name);
  return found === -1 ? labels.push(name) - 1 : found;
}

/** Runs of positions [rows, columns] as runs of the pixels of a picture; each pixel has the class under its middle. */
function fitRuns(
  runs: readonly number[],
  [rows = 1, columns = 1]: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly number[] {
  if (rows === height && columns === width) return runs;
  const inside = new Uint8Array(rows * columns);
  forEachRun(runs, (from, to) => inside.fill(1, from, to));
  const fitted: number[] = [];
  let [is, length] = [0, 0];
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * rows) / height) * columns;
    for (let x = 0; x < width; x++) {
      const value = inside[row + Math.floor(((x + 0.5) * columns) / width)]!;
      if (value !== is) {
        fitted.push(length);
        is = value;
        length = 0;
      }
      length++;
    }
  }
  return is === 1 ? [...fitted, length] : fitted;
}
