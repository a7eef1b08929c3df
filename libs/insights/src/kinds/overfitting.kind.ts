import { benjaminiYekutieli } from '@noema/evaluation';
import { confidenceAfterSelection } from '../confirm/confidence-after-selection.js';
import { judgeRows, selectRows } from '../confirm/outcomes.js';
import type { Finding } from '../finding/finding.js';
import { evaluateMembership } from '../finding/members.js';
import type { Membership } from '../finding/membership.js';
import { severityOfLoss, severityOfMetric } from '../finding/severity.js';
import { formatChange, formatCount, formatShare, shorten } from '../finding/numbers.js';
import { describeMembership } from '../finding/words.js';
import { leastMembers } from '../low-performance/search-data.js';
import { compareGaps, difference, estimateDifference, type Gap, measureLevel } from '../overfitting/gap.js';
import { listSlices } from '../overfitting/slices.js';
import { assignFolds, CONFIRM, FIND } from '../population/halves.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import type { InsightKind } from './insight-kind.js';

/** A slice is memorised if training shows less than this share of its held-out level: it looks easy there. */
const SHOWN_IN_TRAINING = 1 / 3;
/** Factor by which the gap of a slice exceeds that of the others. */
const GAP_RATIO = 2;
/** Smallest excess that is worth attention: points of error, or a share of the mean held-out loss. */
const MIN_EXCESS = 0.05;
const MAX_CONFIRMED = 100;
/** The network as a whole overfits if the gap is this large and held-out data are this many times worse. */
const [OVERALL_GAP, OVERALL_RATIO] = [0.05, 2];
const SAME = 0.5;

/** Slices that the model knows by heart: good in training, bad on samples that it has not learned from. */
export const overfittingKind: InsightKind = {
  key: 'overfitting',
  title: 'Overfitting',
  summary:
    'Groups that the model knows by heart: good in training, bad on samples that it has not learned from.',
  reference: '',
  parameters: [],
  facts: {},
  version: 2,
  needs: ['losses', 'training', 'held-out'],
  async search(population, { halves, seed, threads, signal, progress, q }) {
    const scores = createScores(population);
    const rows = selectRows(population, halves, FIND);
    const training = listTraining(population);
    const data = {
      population,
      outcomes: judgeRows(population, rows),
      least: leastMembers(rows.length),
      seed,
      threads,
      signal,
    };
    const slices = rows.length === 0 || training.length === 0 ? [] : await listSlices(data);
    progress(0.5);
    const confirming = selectRows(population, halves, CONFIRM);
    // Training samples are halved, too: a group that is good there by luck would be chosen and confirmed by them.
    const folds = assignFolds(population, 2, seed);
    const [searched, unseen] = [0, 1].map((fold) => training.filter((row) => folds[row] === fold)) as [
      Int32Array,
      Int32Array,
    ];
    const suspects: Slice[] = [];
    for (const [at, membership] of slices.entries()) {
      signal?.throwIfAborted();
      progress(0.5 + (0.4 * at) / slices.length);
      const slice = { membership, mask: evaluateMembership(membership, population) };
      const { inside, outside } = compare(slice.mask, scores, searched, rows);
      if (
        inside.heldOut.n >= data.least &&
        inside.training.n >= data.least &&
        isMemorised(inside, outside, scores)
      )
        suspects.push({ ...slice, strength: compareGaps(inside, outside).pValue });
    }
    const tried = removeOverlaps(suspects, rows).slice(0, MAX_CONFIRMED);
    const measured = tried.map(({ mask }) => compare(mask, scores, unseen, confirming));
    const compared = measured.map(({ inside, outside }) => compareGaps(inside, outside));
    const adjusted = benjaminiYekutieli(compared.map(({ pValue }) => pValue));
    const held = [...tried.keys()].filter((at) => {
      const { inside, outside } = measured[at]!;
      const { interval } = compared[at]!;
      return adjusted[at]! <= q && interval.low > scores.minExcess && isMemorised(inside, outside, scores);
    });
    const confidence = confidenceAfterSelection(held.length, tried.length);
    const confirmed = held.map((at) => {
      const { inside, outside } = measured[at]!;
      const gaps = { inside, outside, ...compareGaps(inside, outside, confidence) };
      return describe(population, scores, { slice: tried[at]!, ...gaps, qValue: adjusted[at]! });
    });
    const overall = compareAll(scores, training, confirming);
    return {
      findings: [...describeOverall(scores, overall), ...confirmed],
      tried: tried.length,
      remarks: [`${formatCount(slices.length)} groups were compared. ${sayOverall(overall, scores)}`],
    };
  },
};

interface Slice {
  readonly membership: Membership;
  readonly mask: Uint8Array;
  /** The p-value on the finding half. */
  readonly strength: number;
}

/** The number by which a model is bad on a sample: 1 if it is misclassified, or the loss without classes. */
interface Scores {
  readonly values: Float64Array;
  readonly isRate: boolean;
  readonly minExcess: number;
  readonly name: string;
}

function createScores(population: Population): Scores {
  const { n, labels, predicted, losses } = population;
  if (labels && predicted) {
    const values = Float64Array.from(labels, (label, row) => Number(label !== predicted[row]));
    return { values, isRate: true, minExcess: MIN_EXCESS, name: 'error rate' };
  }
  const rows = Int32Array.from({ length: n }, (_, row) => row).filter((row) => Number.isFinite(losses![row]));
  const { losses: clipped } = judgeRows(population, rows);
  const values = new Float64Array(n).fill(NaN);
  rows.forEach((row, at) => (values[row] = clipped[at]!));
  const { rows: heldOut } = selectHeldOut(population);
  const own = measureLevel(
    Float64Array.from(
      rows.filter((row) => heldOut[row] === 1),
      (row) => values[row]!,
    ),
    false,
  );
  return { values, isRate: false, minExcess: MIN_EXCESS * own.mean, name: 'mean loss' };
}

function listTraining(population: Population): Int32Array {
  const training = population.splits.indexOf('training');
  return selectRows(
    population,
    Uint8Array.from(population.splitCodes, (code) => Number(code === training)),
    1,
  );
}

function compare(
  mask: Uint8Array,
  { values, isRate }: Scores,
  training: Int32Array,
  heldOut: Int32Array,
): { readonly inside: Gap; readonly outside: Gap } {
  const level = (rows: Int32Array, side: number) =>
    measureLevel(
      Float64Array.from(
        rows.filter((row) => mask[row] === side),
        (row) => values[row]!,
      ),
      isRate,
    );
  return {
    inside: { training: level(training, 1), heldOut: level(heldOut, 1) },
    outside: { training: level(training, 0), heldOut: level(heldOut, 0) },
  };
}

function compareAll({ values, isRate }: Scores, training: Int32Array, heldOut: Int32Array): Gap {
  const level = (rows: Int32Array) =>
    measureLevel(
      Float64Array.from(rows, (row) => values[row]!),
      isRate,
    );
  return { training: level(training), heldOut: level(heldOut) };
}

const isMemorised = (inside: Gap, outside: Gap, { minExcess }: Scores): boolean =>
  inside.training.mean <= SHOWN_IN_TRAINING * inside.heldOut.mean &&
  difference(inside) >= GAP_RATIO * Math.max(0, difference(outside)) &&
  difference(inside) - difference(outside) >= minExcess;

/** Keeps the strongest of slices that share more than half of their held-out members (Jaccard). */
function removeOverlaps(slices: readonly Slice[], rows: Int32Array): Slice[] {
  const kept: Slice[] = [];
  for (const slice of slices.toSorted((a, b) => a.strength - b.strength)) {
    const isSame = kept.some(({ mask }) => {
      let [both, either] = [0, 0];
      for (const row of rows) {
        both += mask[row]! & slice.mask[row]!;
        either += mask[row]! | slice.mask[row]!;
      }
      return both > SAME * either;
    });
    if (!isSame) kept.push(slice);
  }
  return kept;
}

interface Confirmed {
  readonly slice: Slice;
  readonly inside: Gap;
  readonly outside: Gap;
  readonly excess: number;
  readonly interval: { readonly low: number; readonly high: number };
  readonly pValue: number;
  readonly qValue: number;
}

function describe(population: Population, scores: Scores, confirmed: Confirmed): Finding {
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

/** The gap of the network as a whole, once; nothing is searched, so it needs no adjustment. */
function describeOverall(scores: Scores, gap: Gap): Finding[] {
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

function sayOverall(gap: Gap, scores: Scores): string {
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
