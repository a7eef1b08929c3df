import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import type { HeatMap } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { Method as Explainer } from '@noema/contracts/noema/methods/v1/method';
import { methodTitle } from '../../parts/methods.query.js';
import { fixed, value } from '../../parts/numbers.js';
import { computeGain, listMaps, type Target } from './targets.js';

/** True for an explainer of the loss, not of classes. */
export const explainsLoss = ({ facts }: Pick<Explainer, 'facts'>): boolean => facts?.['explains'] === 'loss';

/** True for an explainer that draws at a layer with positions. */
export const drawsAtLayer = (explainer: Pick<Explainer, 'facts'> | undefined): boolean =>
  explainer?.facts?.['atLayer'] === true;

/** One method of explanation, as the user chooses it. */
export interface Method {
  readonly key: string;
  readonly name: string;
  readonly ofLoss: boolean;
  /** `made`: its maps are there; `open`: they can be requested; `off`: not of this sample by this model. */
  readonly state: 'made' | 'open' | 'off';
  /** How much its map beats random, in words, where it was scored; or why it is off. */
  readonly note: string;
}

/** Every explainer for a target, explainers of classes first. */
export function listMethods(
  explainers: readonly Explainer[],
  analysis: Pick<Analysis, 'heatMaps' | 'fallbacks' | 'trueClass'>,
  target: Target,
  hasPositions: boolean,
): Method[] {
  const made = new Set(analysis.heatMaps.map(({ method }) => method));
  const replaced = new Set(analysis.fallbacks.map(({ askedMethod }) => askedMethod));
  const maps = listMaps(analysis, target);
  const toChoice = (explainer: Explainer): Pick<Method, 'state' | 'note'> => {
    const { key } = explainer;
    if (explainsLoss(explainer)) {
      if (made.has(key) && analysis.trueClass >= 0)
        return { state: 'made', note: 'explains the loss, not a class' };
      return { state: 'off', note: replaced.has(key) ? NO_GRADIENTS : 'the sample has no label' };
    }
    const map = maps.find((one) => one.method === key);
    if (made.has(key))
      return { state: 'made', note: map?.faithfulness === undefined ? '' : gainText(computeGain(map)) };
    if (replaced.has(key)) return { state: 'off', note: NO_GRADIENTS };
    if (!hasPositions && drawsAtLayer(explainer)) return { state: 'off', note: 'no layer has positions' };
    return { state: 'open', note: '' };
  };
  return [...explainers]
    .sort((a, b) => Number(explainsLoss(a)) - Number(explainsLoss(b)))
    .map((explainer) => ({
      key: explainer.key,
      name: explainer.title,
      ofLoss: explainsLoss(explainer),
      ...toChoice(explainer),
    }));
}

const NO_GRADIENTS = 'the model has no gradients for it';

const gainText = (gain: number): string => `${gain < 0 ? '' : '+'}${fixed(gain)} over random`;

/** How to read a heat map, with the method that made it. */
export function formatReading(
  explainers: readonly Explainer[],
  { method, layer, signed }: Pick<HeatMap, 'method' | 'layer' | 'signed'>,
  title: string,
): string {
  const explainer = explainers.find(({ key }) => key === method);
  const reading = explainer?.facts?.['reading'];
  if (typeof reading !== 'string') return '';
  const [positive, negative] = signed ? ['orange places', 'blue places'] : ['hot places', 'cold places'];
  const sentence = reading
    .replaceAll('{target}', title)
    .replaceAll('{positive}', positive)
    .replaceAll('{negative}', negative);
  return `${explainer!.title}${layer === '' ? '' : ` at layer ${layer}`}: ${sentence}`;
}

/** How much the strongest place counts, in the unit of the method. */
export function peakText(
  explainers: readonly Explainer[],
  method: string,
  title: string,
  peak: number,
): string {
  const name = explainers.find(({ key }) => key === method)?.facts?.['unit'];
  const unit =
    name === 'score' ? ` of the score of ${title} before the softmax` : name === 'loss' ? ' of the loss' : '';
  return `Its strongest place counts ${value(peak)}${unit}; all other places are drawn relative to it.`;
}

/**
 * Describes the substitutes where the model has no gradients; undefined where all requested methods were
 * used.
 */
export function fallbackSentence(
  explainers: readonly Explainer[],
  fallbacks: Analysis['fallbacks'],
): string | undefined {
  if (fallbacks[0] === undefined) return undefined;
  const used = [...new Set(fallbacks.flatMap((one) => one.usedMethods))];
  const losses = fallbacks.some(({ askedMethod }) =>
    explainers.some((explainer) => explainer.key === askedMethod && explainsLoss(explainer)),
  );
  const list = (keys: readonly string[]): string => {
    const names = keys.map((key) => methodTitle(explainers, key));
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
  };
  const classes =
    used.length === 0
      ? ''
      : ` ${list(used)} explain${used.length === 1 ? 's' : ''} its classes instead, by changing the input.`;
  return (
    'This model has no gradients for ' +
    `${list(fallbacks.map(({ askedMethod }) => askedMethod))}.${classes}` +
    `${losses ? ' Nothing explains its loss.' : ''} The reason: ${fallbacks[0].reason}.`
  );
}
