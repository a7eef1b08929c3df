import { type Exploration, neighborsMeasured, type TrustNumbers } from './exploration.js';

/** Something to know before the map is read. */
export interface ExplorationWarning {
  readonly reason: 'NO_BETTER_THAN_RANDOM' | 'FEW_SAMPLES' | 'ONE_CLASS' | 'LABELS_ABSENT';
  readonly message: string;
}

/** How far above chance trustworthiness and continuity are when a map shows something. */
const CHANCE_MARGIN = 0.1;

/** Warnings about reading a finished map; empty before it is finished. */
export function listWarnings({
  trust,
  measures,
  placed,
  pointCount,
  classNeighbors,
}: Exploration): ExplorationWarning[] {
  if (trust === undefined) return [];
  const samples = placed?.firstRow ?? pointCount;
  const warnings: ExplorationWarning[] = [];
  const chance = computeChance(samples, trust.k);
  const asked = neighborsMeasured(measures).trustNeighbors;
  if (Math.min(trust.trustworthiness, trust.continuity) < chance + CHANCE_MARGIN)
    warnings.push({ reason: 'NO_BETTER_THAN_RANDOM', message: nearChance(trust, chance) });
  if (trust.k < asked) {
    warnings.push({
      reason: 'FEW_SAMPLES',
      message:
        `the map has ${samples} samples, so trust looks at ${trust.k} neighbors instead of ${asked} and ` +
        'single samples decide its numbers; add samples before you rely on them',
    });
  }
  if (trust.labelAgreementVectors === undefined) {
    warnings.push({
      reason: 'LABELS_ABSENT',
      message:
        'the samples have no class labels, so label agreement, purity of clusters and nearest classes ' +
        'are not measured',
    });
  } else if (classNeighbors.length === 0) {
    warnings.push({
      reason: 'ONE_CLASS',
      message:
        'all labels are of one class, so label agreement is 1 whatever the map shows; add samples of ' +
        'another class to measure it',
    });
  }
  return warnings;
}

/**
 * Trustworthiness (and continuity) that a map of n points in random places has on average: ranks of its
 * neighbours are uniform from 1 to n − 1.
 */
export function computeChance(n: number, k: number): number {
  return 1 - ((n - 1 - k) * (n - k)) / ((n - 1) * (2 * n - 3 * k - 1));
}

const nearChance = ({ trustworthiness, continuity }: TrustNumbers, chance: number): string =>
  `trustworthiness ${trustworthiness.toFixed(3)} and continuity ${continuity.toFixed(3)}: a map of ` +
  `random places has about ${chance.toFixed(2)}, so near points need not be alike to the model. ` +
  'Use neighbors by vector instead, another algorithm, or more dimensions';
