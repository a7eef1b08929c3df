import type { TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { fixed, percent } from '../../../parts/numbers.js';

/** One number of trust as people read it. */
export interface TrustInfo {
  readonly name: string;
  /** `98.10%`, or `0.42` for a correlation. */
  readonly value: string;
  /**
   * Half the width of the 95 % confidence interval, `± 0.12`, in the units of the value; empty where all were
   * measured.
   */
  readonly interval: string;
  /** Length of its bar, 0 to 1. */
  readonly share: number;
  /** The meaning, in one sentence, and how it was measured where that was a sample. */
  readonly help: string;
}

/** The numbers of trust: first the numbers of neighbors, then of the large shape, where the map has them. */
export function trustFacts(trust: TrustNumbers | undefined, hasLabels: boolean): TrustInfo[] {
  const k = trust?.k ?? 15;
  const correlation = trust?.distanceCorrelation;
  const half = trust?.distanceCorrelationInterval ?? 0;
  const local = [
    share(
      'Trustworthiness',
      trust?.trustworthiness,
      trust?.trustworthinessInterval,
      'How far dots that are neighbors in the map are neighbors for the model, too: 100% when none of ' +
        `the ${k} nearest is a stranger (Venna & Kaski 2001).`,
    ),
    share(
      'Continuity',
      trust?.continuity,
      trust?.continuityInterval,
      `How far neighbors for the model are still neighbors in the map: 100% when none of the ${k} ` +
        'nearest was torn away.',
    ),
    share(
      'Common neighbors',
      trust?.knnOverlap,
      0,
      `Mean share of the ${k} nearest samples that are the same in the map and for the model; a flat ` +
        'map of many dimensions keeps about a third.',
    ),
  ];
  const global =
    trust !== undefined && trust.rankedPoints === 0
      ? []
      : [
          share(
            'Random triplets',
            trust?.randomTripletAccuracy,
            trust?.randomTripletInterval,
            'Of three random samples, how often the map keeps which of two is nearer to the third, so ' +
              'how far the large shape can be read: 50% by chance (Wang et al. 2021).',
          ),
          {
            name: 'Distance correlation',
            value: correlation === undefined ? '–' : fixed(correlation),
            interval: half > 0 ? `± ${shortest(half)}` : '',
            share: clamp(correlation ?? 0),
            help:
              'Rank correlation of the distances of pairs in the map and for the model: 1 when what is ' +
              'farther in the map is farther for the model, 0 when far distances carry no information ' +
              `(Spearman).${sampled(half, 'pairs')}`,
          },
        ];
  const labels =
    !hasLabels || (trust !== undefined && trust.labelAgreementMap === undefined)
      ? []
      : [
          share(
            'Same label nearby',
            trust?.labelAgreementMap,
            0,
            `Share of the ${trust?.labelNeighbors || 10} nearest dots with the same label: ` +
              `${percent(trust?.labelAgreementMap)} in the map, ${percent(trust?.labelAgreementVectors)} ` +
              'for the model, and the closer both are, the less the map invents.',
          ),
        ];
  return [...local, ...global, ...labels];
}

function share(name: string, value: number | undefined, half = 0, help: string): TrustInfo {
  const what = name === 'Random triplets' ? 'triplets' : 'dots, each among all';
  return {
    name,
    value: percent(value),
    interval: half > 0 ? `± ${shortest(100 * half)}` : '',
    share: clamp(value ?? 0),
    help: help + sampled(half, what),
  };
}

const sampled = (half: number, what: string): string =>
  half > 0
    ? ` Measured on a random sample of ${what}: in 95 of 100 such samples the true value lies within the ` +
      '± next to it.'
    : '';

const clamp = (value: number): number => Math.max(0, Math.min(1, value));

/** With as many digits as say something: `0.12`, `0.004`. */
const shortest = (value: number): string => (value >= 0.01 ? value.toFixed(2) : value.toPrecision(1));
