import type { Finding } from '../finding/finding.js';
import { severityOfLoss, severityOfMetric } from '../finding/severity.js';
import { formatCount, formatShare, shorten } from '../finding/numbers.js';
import { describeMembership } from '../finding/words.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import { difference, type Gap } from './gap.js';
import type { Slice } from './memorised.js';
import type { Scores } from './scores.js';

/** A memorised group with its numbers on samples that the search did not see. */
export interface Confirmed {
  readonly slice: Slice;
  readonly inside: Gap;
  readonly outside: Gap;
  readonly excess: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly pValue: number;
  readonly qValue: number;
}

/** Returns the finding of a memorised group. */
export function describeSlice(population: Population, scores: Scores, confirmed: Confirmed): Finding {
  const { slice, inside, outside, excess, interval, pValue, qValue } = confirmed;
  const { losses } = population;
  const members = findMembers(population, slice.mask);
  const say = scores.isRate ? formatShare : shorten;
  const measured = inside.heldOut.n + outside.heldOut.n;
  return {
    subkind: 'slice',
    state: 'confirmed',
    sentence:
      `${describeMembership(slice.membership, population)}: much better in training, ${scores.name} ` +
      `${say(inside.training.mean)} on ${formatCount(inside.training.n)} training samples but ` +
      `${say(inside.heldOut.mean)} on ` +
      `${formatCount(inside.heldOut.n)} held-out samples; the rest has ${say(outside.training.mean)} and ` +
      `${say(outside.heldOut.mean)}.`,
    membership: slice.membership,
    members,
    scores: Float32Array.from(members, (row) => losses![row]!),
    effect: {
      measure: `gap of the ${scores.name}`,
      inside: difference(inside),
      outside: difference(outside),
      insideCount: inside.heldOut.n,
      outsideCount: outside.heldOut.n,
      difference: excess,
      interval,
    },
    pValue,
    qValue,
    severity: scores.isRate
      ? severityOfMetric((inside.heldOut.n / measured) * Math.max(0, interval.low))
      : severityOfLoss({
          members: inside.heldOut.n,
          n: measured,
          excess: interval.low,
          meanLoss:
            (inside.heldOut.n * inside.heldOut.mean + outside.heldOut.n * outside.heldOut.mean) / measured,
        }),
    explanations: [],
    numbers: {
      training: inside.training.mean,
      heldOut: inside.heldOut.mean,
      trainingMembers: inside.training.n,
    },
    tables: {},
    remarks: [],
  };
}

/** Held-out members with a loss, the largest first. */
function findMembers(population: Population, mask: Uint8Array): Int32Array {
  const { rows: heldOut } = selectHeldOut(population);
  const losses = population.losses!;
  const members: number[] = [];
  mask.forEach((is, row) => {
    if (is === 1 && heldOut[row] === 1 && Number.isFinite(losses[row])) members.push(row);
  });
  return Int32Array.from(members.sort((a, b) => losses[b]! - losses[a]! || a - b));
}
