import { computeMoments, type Interval } from '@noema/evaluation';
import type { Effect, Finding } from '../finding/finding.js';
import { severityOfLoss, severityOfMetric } from '../finding/severity.js';
import { formatCount, formatShare, shorten } from '../finding/numbers.js';
import { describeMembership } from '../finding/words.js';
import { isPlaced } from '../population/places.js';
import { compareMeanLosses } from '../confirm/loss-effect.js';
import { splitGroups } from '../confirm/measure.js';
import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import { studentisedDifference } from '../statistics/studentised-bootstrap.js';
import { findRedundant, MAX_COMPARED } from './cover.js';
import { estimateNeed, type Need } from './need.js';
import type { Mismatch } from './shares.js';

/** Confidence of the interval whose lower bound shows that a group is harder: one-sided, 5 %. */
const HARDER = 0.9;

export interface MismatchContext {
  readonly population: Population;
  /** Held-out samples of the confirming half, and training samples. */
  readonly heldOut: Int32Array;
  readonly training: Int32Array;
  readonly seed: number;
}

/** Describes a group that training has too rarely or too often. */
export function describeMismatch(mismatch: Mismatch, context: MismatchContext): Finding {
  const { membership, mask, trainingShare, heldOutShare, parity, pValue, qValue } = mismatch;
  const { population, heldOut, training } = context;
  const isUnder = trainingShare < heldOutShare;
  const { effect, isHarder } = compareLosses(context, mask);
  const need = isUnder && effect !== undefined ? toNeed(context, mismatch, effect) : undefined;
  const own = training.filter((row) => mask[row] === 1);
  const members = isUnder
    ? heldOut.filter((row) => mask[row] === 1)
    : listRedundant(population, own, Math.round(-parity.add));
  const shares =
    `${describeMembership(membership, population)} are ${isUnder ? 'under' : 'over'}-represented: ` +
    `${formatShare(trainingShare)} of training (${formatCount(mismatch.training)}), where the held-out ` +
    `samples have ` +
    `${formatShare(heldOutShare)} (${formatCount(mismatch.heldOut)}).`;
  const advice = isUnder
    ? describeNeed(need, effect, parity)
    : describeSurplus(members.length, effect, isHarder);
  const losses = population.losses;
  return {
    subkind: isUnder ? 'under' : 'over',
    // The other half has confirmed the shares. Their cost is the severity, and hard samples stay.
    state: isUnder || (effect !== undefined && !isHarder) ? 'confirmed' : 'hint',
    sentence: `${shares} ${advice}`,
    membership,
    members,
    scores: isUnder && losses ? Float32Array.from(members, (row) => losses[row]!) : undefined,
    effect,
    pValue,
    qValue,
    severity:
      isUnder && effect !== undefined
        ? severityOfLoss({
            members: mismatch.heldOut,
            n: heldOut.length,
            excess: effect.interval.low,
            meanLoss: findMean(losses!, heldOut),
          })
        : severityOfMetric(0),
    explanations: [],
    numbers: keepFinite({
      training: mismatch.training,
      heldOut: mismatch.heldOut,
      addForShare: parity.add,
      addForShareLow: parity.low,
      addForShareHigh: parity.high,
      exponent: need?.exponent,
      add: need?.add,
      addLow: need?.low,
      addHigh: need?.high,
    }),
    tables: {},
    remarks: [
      ...(need !== undefined && need.add > 0 && need.add < Infinity
        ? ['The number by loss extends a power law from the other samples of the class; take it as a guide.']
        : []),
      ...(!isUnder && own.length > MAX_COMPARED
        ? [
            `${formatCount(MAX_COMPARED)} of ${formatCount(own.length)} training samples of the group are ` +
              `compared; the others stay.`,
          ]
        : []),
    ],
  };
}

function compareLosses(
  { population, heldOut, seed }: MismatchContext,
  mask: Uint8Array,
): { readonly effect?: Effect; readonly isHarder: boolean } {
  const { losses } = population;
  if (losses === undefined) return { isHarder: false };
  const known = heldOut.filter((row) => Number.isFinite(losses[row]));
  const [rows, others] = [1, 0].map((side) => known.filter((row) => mask[row] === side));
  const [inside, outside] = [rows!, others!].map((own) => Float64Array.from(own, (row) => losses[row]!)) as [
    Float64Array,
    Float64Array,
  ];
  const groups = splitGroups(
    pickGroups(population, known),
    Uint8Array.from(known, (row) => mask[row]!),
  );
  const effect = compareMeanLosses(inside, outside, { seed, groups });
  if (effect === undefined) return { isHarder: false };
  return {
    effect,
    isHarder: studentisedDifference(inside, outside, { seed, groups, confidence: HARDER }).low > 0,
  };
}

/** The least number of samples of the same class that the curve of a group is read from. */
const MIN_ALIKE = 10;

/** Reads the learning curve of a group from the other samples of its class, or from all others. */
function toNeed(
  { population: { losses, labels }, heldOut, training, seed }: MismatchContext,
  { mask, training: count, heldOut: members }: Mismatch,
  { outside }: Effect,
): Need | undefined {
  if (losses === undefined) return undefined;
  const known = heldOut.filter((row) => Number.isFinite(losses[row]));
  const pick = (rows: Int32Array) => Float64Array.from(rows, (row) => losses[row]!);
  const own = known.filter((row) => mask[row] === 1);
  const label = labels === undefined ? undefined : findMode(own, labels);
  const isAlike = (row: number): boolean => mask[row] === 0 && labels![row] === label;
  const hasAlike = label !== undefined && known.filter(isAlike).length >= MIN_ALIKE;
  const others = hasAlike ? isAlike : (row: number): boolean => mask[row] === 0;
  // Training samples for each held-out one, of these and of the group.
  const density = training.filter(others).length / Math.max(1, heldOut.filter(others).length);
  const factor = (density * members) / Math.max(1, count);
  const alike = pick(known.filter(others));
  return estimateNeed({ count, losses: pick(own), alike, factor, target: outside }, seed);
}

/** The most frequent label of some rows; undefined where it is unknown. */
function findMode(rows: Int32Array, labels: Int32Array): number | undefined {
  const counts = new Map<number, number>();
  for (const row of rows)
    if (labels[row]! >= 0) counts.set(labels[row]!, (counts.get(labels[row]!) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
}

function describeNeed(
  need: Need | undefined,
  effect: Effect | undefined,
  parity: Mismatch['parity'],
): string {
  const forShare =
    parity.add === Infinity
      ? 'No number of them gives training the same share, because all of the held-out samples are like this'
      : `${formatEstimate(parity.add)} more (${formatRange(parity)}) would give training the same share`;
  if (effect === undefined) return `${forShare}.`;
  const [inside, rest] = [shorten(effect.inside), `where the rest has ${shorten(effect.outside)}`];
  const losses = `mean loss ${inside}, ${rest}`;
  if (effect.difference <= 0) return `${forShare}; their loss is no larger: ${losses}.`;
  if (need === undefined) return `${forShare}; ${losses}.`;
  if (need.add === Infinity)
    return (
      `Their mean loss is ${inside}, ${rest}. More data would hardly help: similar samples that training has more ` +
      'often are no easier.'
    );
  const range = formatRange(need);
  return (
    `${forShare}; about ${formatEstimate(need.add)} (${range}) would bring their loss to the mean: ` +
    `${losses}.`
  );
}

/** How many samples may go, or why that is unknown. */
function describeSurplus(count: number, effect: Effect | undefined, isHarder: boolean): string {
  if (effect === undefined) return 'Whether some can go is unknown: no such held-out samples have a loss.';
  return isHarder
    ? 'Keep them: their loss is larger than that of the rest.'
    : `Their loss is not clearly larger than that of the rest: ${formatCount(count)} training samples may ` +
        `go.`;
}

const formatEstimate = (count: number): string => shorten(Math.max(0, Math.round(count)));

const formatRange = ({ low, high }: Interval): string => {
  if (low === Infinity) return '80%: no number';
  return `80%: ${formatEstimate(low)}${high === Infinity ? ' or more' : `–${formatEstimate(high)}`}`;
};

const keepFinite = (numbers: Readonly<Record<string, number | undefined>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(numbers).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );

/** Training samples that can go, if the space of the samples is known. */
function listRedundant({ spaces, losses }: Population, rows: Int32Array, count: number): Int32Array {
  const [space] = spaces;
  if (space === undefined) return rows.slice(0, count);
  const finite = rows.filter((row) => isPlaced(space, row));
  // The hardest samples first: the cover starts with them.
  const ordered = losses === undefined ? finite : finite.sort((a, b) => losses[b]! - losses[a]! || a - b);
  return findRedundant(space, ordered, Math.max(1, ordered.length - count));
}

const findMean = (values: Float32Array, rows: Int32Array): number =>
  computeMoments(Float64Array.from(rows, (row) => values[row]!).filter(Number.isFinite)).mean;
