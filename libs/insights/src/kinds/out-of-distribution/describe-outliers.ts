import { newcombeInterval, type Proportion } from '@noema/evaluation';
import { compareMeanLosses } from '../../confirm/loss-effect.js';
import type { Effect, Explanation, Finding } from '../../finding/finding.js';
import { severityOfLoss, severityOfMetric, severityOfSamples } from '../../finding/severity.js';
import { formatCount, formatShare, shorten } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';

/** A view flags a sample at this p-value, and a group where it flags this share of it. */
const [FLAGS_AT, FLAGS_MOST] = [0.05, 0.5];

/** A tested sample. */
export interface Verdict {
  readonly pValue: number;
  readonly qValue: number;
  /** −log10 of the combined p-value of the views: larger is more unusual. */
  readonly score: number;
  /** p-value of each view. */
  readonly byView: readonly number[];
}

export interface Described {
  readonly population: Population;
  readonly views: readonly { readonly title: string; readonly depth: number | undefined }[];
  readonly verdicts: ReadonlyMap<number, Verdict>;
  readonly explain: (rows: readonly number[]) => readonly Explanation[];
  /** Of all sure samples together: their number, and the most false ones. */
  readonly sure: { readonly count: number; readonly falseAtMost: number };
  /** Mean share of false ones among flagged samples, at most. */
  readonly q: number;
  readonly seed: number;
}

/** Makes a finding of some flagged samples; `isGroup` where they are alike. */
export function describeOutliers(
  rows: readonly number[],
  { state, isGroup }: { readonly state: Finding['state']; readonly isGroup: boolean },
  context: Described,
): Finding {
  const { population, views, verdicts, sure, q, seed } = context;
  const members = [...rows].sort((a, b) => verdicts.get(b)!.score - verdicts.get(a)!.score || a - b);
  const own = members.map((row) => verdicts.get(row)!);
  const shares = views.map((_, v) => own.filter(({ byView }) => byView[v]! <= FLAGS_AT).length / own.length);
  const cost = measureCost(population, new Set(members), { tested: [...verdicts.keys()], seed });
  const certainty =
    state === 'confirmed'
      ? `With 95% confidence, at most ${formatCount(sure.falseAtMost)} of all ${formatCount(sure.count)} ` +
        `such samples are ordinary.`
      : `On average, up to ${formatShare(q)} of such samples are ordinary.`;
  return {
    subkind: isGroup ? 'group' : 'singles',
    state,
    sentence: [
      `${countSamples(members.length)} ${describeDepth(views, shares, members.length)}`,
      describePredictions(population, members),
      cost.text,
      certainty,
    ]
      .filter((part) => part !== '')
      .join(' '),
    membership: { by: 'score', least: own.at(-1)!.score, all: [] },
    members: Int32Array.from(members),
    scores: Float32Array.from(own, ({ score }) => score),
    effect: cost.effect,
    pValue: own.reduce((most, { pValue }) => Math.max(most, pValue), 0),
    qValue: own.reduce((most, { qValue }) => Math.max(most, qValue), 0),
    severity: cost.severity,
    explanations: context.explain(members),
    numbers: { tested: verdicts.size, falseAtMost: sure.falseAtMost, sure: sure.count },
    tables: { views: { view: views.map(({ title }) => title), flaggedShare: shares } },
    remarks: cost.remarks,
  };
}

const countSamples = (count: number): string => (count === 1 ? 'One sample' : formatCount(count, 'sample'));

/** Early layers that flag mean another look, late layers another content. */
function describeDepth(views: Described['views'], shares: readonly number[], count: number): string {
  const isOne = count === 1;
  const are = isOne ? 'is' : 'are';
  const flags = views.flatMap(({ title, depth }, v) => (shares[v]! >= FLAGS_MOST ? [{ title, depth }] : []));
  const names = (side: (depth: number) => boolean): string =>
    flags.flatMap(({ title, depth }) => (depth !== undefined && side(depth) ? [title] : [])).join(', ');
  const [early, late] = [names((depth) => depth < 0.5), names((depth) => depth >= 0.5)];
  const looks = isOne ? 'looks different' : 'look different';
  const than = 'respond as to none of the training samples';
  if (early !== '' && late !== '')
    return `${looks} and ${are} something else: early (${early}) and late layers (${late}) ${than}.`;
  if (early !== '') return `${looks}: early layers (${early}) ${than}, late ones as to some.`;
  if (late !== '') return `${are} something else: late layers (${late}) ${than}, early ones as to some.`;
  const rest = flags.map(({ title }) => title).join(' and ');
  return `${are} unlike the training samples${rest === '' ? '' : `, by ${rest}`}.`;
}

function describePredictions({ predicted, classNames }: Population, rows: readonly number[]): string {
  if (predicted === undefined || classNames.length === 0) return '';
  const counts = new Map<number, number>();
  for (const row of rows) counts.set(predicted[row]!, (counts.get(predicted[row]!) ?? 0) + 1);
  const [[code, count]] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]) as [[number, number]];
  const name = classNames[code];
  if (name === undefined) return '';
  return rows.length === 1
    ? `The model predicts ${name}.`
    : `The model predicts ${name} for ${formatCount(count)} of them.`;
}

const rate = ({ successes, trials }: Proportion): number => (trials === 0 ? 0 : successes / trials);

interface Cost extends Pick<Finding, 'effect' | 'severity' | 'remarks'> {
  /** As a sentence; empty where it is unknown. */
  readonly text: string;
}

/** Measures the cost of the members: in errors where the model predicts classes, else in losses. */
function measureCost(
  population: Population,
  members: ReadonlySet<number>,
  { tested, seed }: { readonly tested: readonly number[]; readonly seed: number },
): Cost {
  if (population.predicted === undefined) return measureLosses(population, members, { tested, seed });
  const { inside, outside } = countErrors(population, members, tested);
  const effect = compareErrors(inside, outside);
  return {
    effect,
    severity: severityOfMetric((members.size / tested.length) * (effect?.difference ?? 1 - rate(outside))),
    text:
      effect === undefined
        ? ''
        : `Of ${formatCount(effect.insideCount)} with a label, ${formatShare(effect.inside)} are ` +
          `misclassified, where the rest has ${formatShare(effect.outside)}.`,
    remarks:
      effect === undefined
        ? ['Labels of the samples or the rest are unknown; the severity counts all of them as misclassified.']
        : [],
  };
}

function measureLosses(
  { losses }: Population,
  members: ReadonlySet<number>,
  { tested, seed }: { readonly tested: readonly number[]; readonly seed: number },
): Cost {
  const pick = (isIn: boolean): Float64Array =>
    Float64Array.from(
      tested.filter((row) => members.has(row) === isIn),
      (row) => losses?.[row] ?? NaN,
    ).filter(Number.isFinite);
  const [own, others] = [pick(true), pick(false)];
  const effect = compareMeanLosses(own, others, { seed });
  if (effect === undefined)
    return {
      effect,
      severity: severityOfSamples(members.size / tested.length),
      text: '',
      remarks: ['Losses of the samples or the rest are unknown; the severity is the share of the samples.'],
    };
  const { inside, outside, interval } = effect;
  const n = own.length + others.length;
  return {
    effect,
    severity: severityOfLoss({
      members: own.length,
      n,
      excess: interval.low,
      meanLoss: (own.length * inside + others.length * outside) / n,
    }),
    text:
      `${own.length === 1 ? 'Its loss' : 'Their mean loss'} is ${shorten(inside)}, where the rest has ` +
      `${shorten(outside)}.`,
    remarks: [],
  };
}

/** Counts the errors of members and others with a label. */
function countErrors(
  { labels, predicted }: Population,
  members: ReadonlySet<number>,
  tested: readonly number[],
): { readonly inside: Proportion; readonly outside: Proportion } {
  const count = (isIn: boolean): Proportion => {
    if (labels === undefined || predicted === undefined) return { successes: 0, trials: 0 };
    const rows = tested.filter((row) => labels[row]! >= 0 && members.has(row) === isIn);
    return { successes: rows.filter((row) => labels[row] !== predicted[row]).length, trials: rows.length };
  };
  return { inside: count(true), outside: count(false) };
}

/** Undefined where a side has no labels. */
function compareErrors(inside: Proportion, outside: Proportion): Effect | undefined {
  if (inside.trials === 0 || outside.trials === 0) return undefined;
  return {
    measure: 'error rate',
    inside: rate(inside),
    outside: rate(outside),
    insideCount: inside.trials,
    outsideCount: outside.trials,
    difference: rate(inside) - rate(outside),
    interval: newcombeInterval(inside, outside),
  };
}
