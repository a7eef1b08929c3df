import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import {
  type HeatMapAlgorithm,
  HeatMapAlgorithm as Algorithm,
} from '@noema/contracts/noema/explanations/v1/heat_map';
import { fixed } from '../../parts/numbers.js';
import { ALGORITHM_KEYS, ALGORITHM_NAMES, AT_LAYER, gainOf, mapsOf, type Target } from './targets.js';

/** The key of the one method that explains the loss instead of a class. */
export const LOSS_METHOD = 'loss-gradient';

/** One way to explain a sample, as it is chosen. */
export interface Method {
  readonly key: string;
  readonly name: string;
  /** `made`: its maps are there; `open`: they can be asked for; `off`: not of this sample by this model. */
  readonly state: 'made' | 'open' | 'off';
  /** How much its map beats random, in words, where it was scored; or why it is off. */
  readonly note: string;
}

/** All nine methods for a target: eight for classes, and the gradient of the loss. */
export function methodsOf(
  analysis: Pick<Analysis, 'heatMaps' | 'fallbacks' | 'trueClass'>,
  target: Target,
  hasPositions: boolean,
): Method[] {
  const made = new Set(analysis.heatMaps.map(({ algorithm }) => algorithm));
  const replaced = new Set(analysis.fallbacks.map(({ asked }) => asked));
  const maps = mapsOf(analysis, target);
  const methods = Object.entries(ALGORITHM_KEYS).map(([key, algorithm]): Method => {
    const name = ALGORITHM_NAMES[algorithm];
    const map = maps.find((one) => one.algorithm === algorithm);
    if (made.has(algorithm))
      return { key, name, state: 'made', note: map?.faithfulness === undefined ? '' : gainText(gainOf(map)) };
    if (replaced.has(algorithm))
      return { key, name, state: 'off', note: 'the model has no gradients for it' };
    if (!hasPositions && AT_LAYER.has(algorithm))
      return { key, name, state: 'off', note: 'no layer has positions' };
    return { key, name, state: 'open', note: '' };
  });
  const name = ALGORITHM_NAMES[Algorithm.LOSS_GRADIENT];
  if (made.has(Algorithm.LOSS_GRADIENT) && analysis.trueClass >= 0)
    return [...methods, { key: LOSS_METHOD, name, state: 'made', note: 'explains the loss, not a class' }];
  return [
    ...methods,
    {
      key: LOSS_METHOD,
      name,
      state: 'off',
      note: replaced.has(Algorithm.LOSS_GRADIENT)
        ? 'the model has no gradients for it'
        : 'the sample has no label',
    },
  ];
}

const gainText = (gain: number): string => `${gain < 0 ? '' : '+'}${fixed(gain)} over random`;

/**
 * What was used where the model has no gradients, in words; undefined where it has all that was asked for.
 */
export function fallbackSentence(fallbacks: Analysis['fallbacks']): string | undefined {
  if (fallbacks[0] === undefined) return undefined;
  const used = [...new Set(fallbacks.flatMap((one) => one.used))];
  const losses = fallbacks.some(({ asked }) => asked === Algorithm.LOSS_GRADIENT);
  const classes =
    used.length === 0
      ? ''
      : ` ${list(used)} explain${used.length === 1 ? 's' : ''} its classes instead, by changing the input.`;
  return (
    'This model has no gradients for ' +
    `${list(fallbacks.map(({ asked }) => asked))}.${classes}${losses ? ' Nothing explains its loss.' : ''} ` +
    `The reason: ${fallbacks[0].reason}.`
  );
}

function list(algorithms: readonly HeatMapAlgorithm[]): string {
  const names = algorithms.map((algorithm) => ALGORITHM_NAMES[algorithm]);
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}
