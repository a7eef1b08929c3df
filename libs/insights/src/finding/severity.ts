import type { Severity } from './finding.js';

/** Shares from which a finding has the level 3 and 2. The column `weight` of the service has the large ones too. */
const [LARGE_LOSS, NOTICEABLE_LOSS] = [0.05, 0.01];
const [LARGE_METRIC, NOTICEABLE_METRIC] = [0.01, 0.002];

/**
 * Severity of a group whose mean loss exceeds that of the others by at least `excess`: the share of all loss that the
 * group would give back if it were average, members/n · max(0, excess) / mean loss.
 */
export function severityOfLoss(group: {
  readonly members: number;
  readonly n: number;
  readonly excess: number;
  readonly meanLoss: number;
}): Severity {
  const { members, n, excess, meanLoss } = group;
  const share = meanLoss > 0 ? Math.min(1, ((members / n) * Math.max(0, excess)) / meanLoss) : 0;
  return { share, unit: 'loss', level: toLevel(share, LARGE_LOSS, NOTICEABLE_LOSS) };
}

/** Severity of what changes the headline metric by this much. */
export function severityOfMetric(change: number): Severity {
  const share = Math.min(1, Math.max(0, change));
  return { share, unit: 'metric', level: toLevel(share, LARGE_METRIC, NOTICEABLE_METRIC) };
}

/** Severity of what is about this share of all samples, and whose effect on the metric is not known. */
export function severityOfSamples(part: number): Severity {
  const share = Math.min(1, Math.max(0, part));
  return { share, unit: 'samples', level: toLevel(share, LARGE_LOSS, NOTICEABLE_LOSS) };
}

/**
 * Returns the share of a severity in units of the share from which it is large, so that severities of different units
 * compare: 1 or more for level 3, 0.2 or more for level 2.
 */
export const weighSeverity = ({ share, unit }: Pick<Severity, 'share' | 'unit'>): number =>
  share / (unit === 'metric' ? LARGE_METRIC : LARGE_LOSS);

const toLevel = (share: number, large: number, noticeable: number): 1 | 2 | 3 =>
  share >= large ? 3 : share >= noticeable ? 2 : 1;
