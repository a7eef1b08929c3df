import type { HeatShare } from './cell.record.js';
import type { Figures } from './referee.js';

const NUMBERS = 1e-4;
const VECTORS = 1e-3;
const AGREEMENT_LOSS = 0.03;
const HEAT_SHARE = 0.8;

const above = (name: string, value: number | undefined, most: number): string | undefined =>
  value === undefined || value <= most
    ? undefined
    : `${name} differ by ${value.toExponential(1)} (at most ${most})`;

/** The algorithm whose maps beat random most often. */
export const bestHeat = (heat: readonly HeatShare[]): HeatShare | undefined =>
  [...heat].sort((a, b) => b.better / b.samples - a.better / a.samples)[0];

/** Maps beat random masks on most samples, or the response reports every map that does not. */
const isGoodOrTold = ({ samples, better, told }: HeatShare): boolean =>
  better >= HEAT_SHARE * samples || better + told === samples;

/** A model without classes, such as a regression, has no heat map of a predicted class to compare. */
const heatIsMissing = (agreement: number | undefined): string | undefined =>
  agreement === undefined ? undefined : 'no heat map of the predicted class was compared with random masks';

/** Failed criteria of a cell, in words; empty when it passes. */
export function complaints(figures: Figures, heat: readonly HeatShare[]): string[] {
  const { agreement, rawAgreement, similar, predictions = 0 } = figures;
  const outputs = [...new Set(heat.map(({ output }) => output))];
  const best = outputs.map((output) => bestHeat(heat.filter((share) => share.output === output))!);
  return [
    above('responses', figures.responses, NUMBERS),
    above('outputs', figures.outputs, NUMBERS),
    above('losses', figures.losses, NUMBERS),
    above('metrics', figures.metrics, NUMBERS),
    above('vectors', figures.vectors, VECTORS),
    above('the stated label agreement', figures.statedAgreement, VECTORS),
    figures.units > 0 && figures.explained > 0 ? undefined : 'the vectors explain nothing',
    similar === 0 ? undefined : `${similar} entries of similar lists differ from brute force`,
    agreement === undefined || agreement >= rawAgreement! - AGREEMENT_LOSS
      ? undefined
      : `labels agree less by vector (${agreement.toFixed(3)}) than by raw input ` +
        `(${rawAgreement!.toFixed(3)})`,
    predictions === 0 ? undefined : `${predictions} predicted classes differ from the reference`,
    above('integrated gradients', figures.maps, NUMBERS),
    best.length === 0 ? heatIsMissing(agreement) : undefined,
    ...best.map((share) =>
      isGoodOrTold(share)
        ? undefined
        : `heat maps beat random in deletion on ${share.better} of ${share.samples} samples ` +
          `(${share.algorithm}${share.output === undefined ? '' : `, output ${share.output}`})`,
    ),
  ].filter((line) => line !== undefined);
}
