import type { PerceptionSpace } from '@noema/contracts/noema/activations/v1/perception_space';
import { number, part, plain } from '../../parts/address/address-text.js';

/**
 * How much each layer counts when samples are compared: by a depth from 0, the early layers, to 1, the late
 * ones; or by a weight of each layer that is named.
 */
export type Weighting = { readonly depth: number } | { readonly weights: Readonly<Record<string, number>> };

/** A weighting as addresses carry it: `0.25`, or `conv1:1,dense:0.5`; empty for the set's own space. */
export function weightingText(weighting: Weighting | undefined): string {
  if (weighting === undefined) return '';
  return 'depth' in weighting
    ? String(weighting.depth)
    : Object.entries(weighting.weights)
        .map(([layer, weight]) => `${part(layer)}:${weight}`)
        .join(',');
}

/** The weighting of such a text; undefined for the set's own space, and for a text that names none. */
export function parseWeighting(text: string): Weighting | undefined {
  if (!text.includes(':')) {
    const depth = number(text);
    return depth !== undefined && depth >= 0 && depth <= 1 ? { depth } : undefined;
  }
  const pairs = text
    .split(',')
    .map(
      (pair) =>
        [
          plain(pair.slice(0, Math.max(0, pair.lastIndexOf(':')))),
          number(pair.slice(pair.lastIndexOf(':') + 1)),
        ] as const,
    );
  const areWeights = pairs.every(
    ([layer, weight]) => layer !== undefined && layer !== '' && weight !== undefined && weight >= 0,
  );
  return areWeights && pairs.some(([, weight]) => weight! > 0)
    ? { weights: Object.fromEntries(pairs as [string, number][]) }
    : undefined;
}

/**
 * The weight of every layer [layers], 0 to 1 by depth, as the platform weighs them; a test holds it against
 * `depthWeights` of libs/perception.
 */
export function computeLayerWeights(weighting: Weighting, layers: readonly string[]): number[] {
  if ('weights' in weighting)
    return layers.map((layer) => (Object.hasOwn(weighting.weights, layer) ? weighting.weights[layer]! : 0));
  const half = Math.ceil(layers.length / 2);
  const [early, late] = [Math.min(1, 2 - 2 * weighting.depth), Math.min(1, 2 * weighting.depth)];
  return layers.map((_, at) => Math.max(at < half ? early : 0, at >= layers.length - half ? late : 0));
}

const DEPTHS: Readonly<Record<string, number>> = { appearance: 0, all: 0.5, concept: 1 };

/** The weighting of the layers of a space. */
export function weightingOfSpace({
  name,
  layerWeights,
}: Pick<PerceptionSpace, 'name' | 'layerWeights'>): Weighting {
  const depth = DEPTHS[name];
  if (depth !== undefined) return { depth };
  if (name.startsWith('layer/')) return { weights: { [name.slice('layer/'.length)]: 1 } };
  return { weights: Object.fromEntries(layerWeights.map(({ layer, weight }) => [layer, weight])) };
}

/** A depth in words. */
export function depthText(depth: number): string {
  if (depth === 0) return 'appearance: what the early layers see';
  if (depth === 0.5) return 'all layers equally';
  if (depth === 1) return 'concept: what the late layers see';
  return (
    `${Math.round(100 * depth)}% of the way from appearance to concept: all layers, the ` +
    `${depth < 0.5 ? 'late' : 'early'} ones less`
  );
}

/**
 * Which layers count how much, in one sentence: `conv1 counts fully, conv2 60%, dense not at all`; the
 * greatest weight is the whole.
 */
export function weightsSentence(layers: readonly string[], weights: readonly number[]): string {
  const most = Math.max(...weights, 0);
  const amount = (weight: number): string =>
    most === 0 || weight === 0
      ? 'not at all'
      : weight === most
        ? 'fully'
        : `${Math.max(1, Math.round((100 * weight) / most))}%`;
  return layers
    .map((layer, at) => `${layer}${at === 0 ? ' counts' : ''} ${amount(weights[at] ?? 0)}`)
    .join(', ');
}
