import type { Finding } from '../finding/finding.js';
import { severityOfLoss, severityOfMetric } from '../finding/severity.js';
import { formatChange, formatCount, formatShare, shorten } from '../finding/numbers.js';
import { difference, estimateDifference, type Gap } from './gap.js';
import type { Scores } from './scores.js';

/** The network as a whole overfits if the gap is this large and held-out data are this many times worse. */
const [OVERALL_GAP, OVERALL_RATIO] = [0.05, 2];

/** The gap of the network as a whole, once; nothing is searched, so it needs no adjustment. */
export function describeOverall(scores: Scores, gap: Gap): Finding[] {
  const interval = estimateDifference(gap);
  const least = scores.isRate ? OVERALL_GAP : scores.minExcess;
  if (!(interval.low >= least && gap.heldOut.mean >= OVERALL_RATIO * gap.training.mean)) return [];
  const share = scores.isRate ? interval.low : interval.low / gap.heldOut.mean;
  return [
    {
      subkind: 'overall',
      state: 'confirmed',
      sentence: sayOverall(gap, scores),
      // It is about the network, not about some samples.
      membership: { by: 'score', least: Infinity, all: [] },
      members: new Int32Array(0),
      scores: undefined,
      effect: {
        measure: scores.name,
        inside: gap.heldOut.mean,
        outside: gap.training.mean,
        insideCount: gap.heldOut.n,
        outsideCount: gap.training.n,
        difference: difference(gap),
        interval,
      },
      pValue: undefined,
      qValue: undefined,
      severity: scores.isRate
        ? severityOfMetric(share)
        : severityOfLoss({ members: 1, n: 1, excess: share, meanLoss: 1 }),
      explanations: [],
      numbers: { training: gap.training.mean, heldOut: gap.heldOut.mean },
      tables: {},
      remarks: ['Groups are reported only where their gap is at least twice that of the others.'],
    },
  ];
}

/** Returns the gap of the network in words. */
export function sayOverall(gap: Gap, scores: Scores): string {
  const interval = estimateDifference(gap);
  const say = scores.isRate ? formatShare : shorten;
  if (!Number.isFinite(interval.low))
    return 'There are too few samples to compare training with held-out data.';
  return (
    `The ${scores.name} is ${say(gap.training.mean)} on ${formatCount(gap.training.n)} training samples ` +
    `and ` +
    `${say(gap.heldOut.mean)} on ${formatCount(gap.heldOut.n)} held-out samples: a gap of ` +
    `${formatChange(difference(gap), interval, scores.isRate)}.`
  );
}
