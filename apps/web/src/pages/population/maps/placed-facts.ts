import type { PlacedSamples, TrustNumbers } from '@noema/contracts/noema/projection/v1/exploration';
import { counted, percent, value } from '../../../parts/numbers.js';

/** One number about placed samples, next to the number of the map's own samples. */
export interface PlacedInfo {
  readonly name: string;
  readonly value: string;
  readonly beside: string;
  readonly help: string;
}

/**
 * How far the places of placed samples can be trusted, and how far the samples are from what the map shows.
 */
export function placedFacts(
  {
    sampleCount,
    k,
    knnOverlap,
    labelAgreementMap,
    labelAgreementVectors,
    labelNeighbors,
    distanceRatio,
  }: PlacedSamples,
  trust: TrustNumbers | undefined,
  hasLabels: boolean,
): PlacedInfo[] {
  const facts = [
    {
      name: 'Neighbors kept',
      value: percent(knnOverlap),
      beside: `own ${percent(trust?.knnOverlap)}`,
      help:
        `Mean share of the ${k} samples of the map that are nearest to a placed one for the model and are ` +
        `so in the map, too; the map's own samples keep ${percent(trust?.knnOverlap)} of theirs.`,
    },
    {
      name: 'Distance to the map',
      value: `${value(Number(distanceRatio.toPrecision(2)))} ×`,
      beside: '',
      help:
        `How far ${counted(sampleCount, 'placed sample')} lie from the nearest sample of the map for the ` +
        'model, in units of what its own samples have: about 1 for data of the same kind, more for ' +
        'others, which no place in the map shows.',
    },
  ];
  const labels = {
    name: 'Same label nearby',
    value: percent(labelAgreementMap),
    beside: '',
    help:
      `Share of the ${labelNeighbors || 10} nearest samples of the map that have the label of the placed ` +
      `one: ${percent(labelAgreementMap)} in the map, ${percent(labelAgreementVectors)} for the model.`,
  };
  return hasLabels && labelAgreementMap !== undefined ? [...facts, labels] : facts;
}
