import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';

/** The subject of a tab of an analysis: the number of a class, or the loss. */
export type Target = number | 'loss';

/** The heat maps of a target, in the order of the analysis. */
export const listMaps = ({ heatMaps }: Pick<Analysis, 'heatMaps'>, target: Target): HeatMap[] =>
  heatMaps.filter((map) =>
    target === 'loss'
      ? map.target?.kind === TargetKind.LOSS
      : isOfModel(map) && map.target!.classIndex === target,
  );

/** True for a map of a class, or of a number that the model predicts. */
const isOfModel = ({ target }: HeatMap): boolean =>
  target?.kind === TargetKind.CLASS || target?.kind === TargetKind.OUTPUT;

/**
 * The target to compare with, unless the address names one: the label for the prediction, the prediction for
 * anything else, the loss for a correct prediction or one without a label.
 */
export function findCompanion(
  target: Target,
  {
    predicted,
    label,
    explained,
  }: { readonly predicted: number; readonly label: number; readonly explained: readonly Target[] },
): Target | undefined {
  const wanted: Target[] = target === predicted ? [label, 'loss'] : [predicted, 'loss'];
  return wanted.find((one) => one !== target && explained.includes(one));
}

/**
 * How much better than random a map scores: what it gains in deletion and in insertion (Petsiuk et al. 2018),
 * −2 to 2; 0 without a score.
 */
export const computeGain = ({ faithfulness: score }: Pick<HeatMap, 'faithfulness'>): number =>
  score === undefined ? 0 : score.randomDeletion - score.deletion + score.insertion - score.randomInsertion;

/** The map of a target that beats random by most: the one to show first. */
export const mostFaithful = (maps: readonly HeatMap[]): HeatMap | undefined =>
  maps.reduce<HeatMap | undefined>(
    (best, map) => (best === undefined || computeGain(map) > computeGain(best) ? map : best),
    undefined,
  );

/**
 * Classes that have heat maps, the likeliest first; of a regression its outputs, in order, each with the
 * number that it predicts.
 */
export function explainedClasses({
  heatMaps,
  scores,
  predictions,
}: Pick<Analysis, 'heatMaps' | 'scores' | 'predictions'>): {
  index: number;
  name: string;
  probability: number;
}[] {
  const made = new Set(heatMaps.filter(isOfModel).map(({ target }) => target!.classIndex));
  if (predictions.length > 0)
    return predictions
      .map((probability, index) => ({
        index,
        name: predictions.length === 1 ? 'Prediction' : `Output ${index}`,
        probability,
      }))
      .filter(({ index }) => made.has(index));
  return scores
    .filter(({ classIndex }) => made.has(classIndex))
    .map(({ classIndex, className, probability }) => ({
      index: classIndex,
      name: className === '' ? String(classIndex) : className,
      probability,
    }))
    .sort((a, b) => b.probability - a.probability || a.index - b.index);
}

/**
 * Classes to request so that others are explained in addition to the predicted class and the label. Empty
 * when no other is requested: then these two are what is explained, or, of a model without probabilities of
 * classes, what it predicts somewhere.
 */
export function classesToExplain(
  probabilities: readonly number[],
  trueClass: number,
  others: readonly number[],
): number[] {
  if (others.length === 0) return [];
  const width = probabilities.length === 1 ? 2 : probabilities.length;
  const predicted =
    probabilities.length === 1
      ? Number(probabilities[0]! > 0.5)
      : probabilities.indexOf(Math.max(...probabilities));
  return [...new Set([predicted, trueClass, ...others])]
    .filter((index) => index >= 0 && (width === 0 || index < width))
    .sort((a, b) => a - b);
}

/** True when an analysis has, or will have, heat maps of a class. */
export const explains = (
  { settings, heatMaps }: Pick<Analysis, 'settings' | 'heatMaps'>,
  classIndex: number,
): boolean =>
  settings?.allClasses === true ||
  settings?.classes.includes(classIndex) === true ||
  heatMaps.some((map) => isOfModel(map) && map.target!.classIndex === classIndex);
