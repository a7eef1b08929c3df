import { newcombeInterval } from '@noema/evaluation';
import type { Effect, Explanation, Finding } from '../../finding/finding.js';
import { severityOfMetric } from '../../finding/severity.js';
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
}

/** Makes a finding of some flagged samples; `isGroup` where they are alike. */
export function describeOutliers(
  rows: readonly number[],
  { state, isGroup }: { readonly state: Finding['state']; readonly isGroup: boolean },
  context: Described,
): Finding {
  const { population, views, verdicts, sure } = context;
  const members = [...rows].sort((a, b) => verdicts.get(b)!.score - verdicts.get(a)!.score || a - b);
  const own = members.map((row) => verdicts.get(row)!);
  const shares = views.map((_, v) => own.filter(({ byView }) => byView[v]! <= FLAGS_AT).length / own.length);
  const effect = compareErrors(population, new Set(members), [...verdicts.keys()]);
  const clean = 1 - (effect?.outside ?? 0);
  const excess = effect && effect.insideCount > 0 ? effect.difference : clean;
  const certainty =
    state === 'confirmed'
      ? `With 95 % confidence, at most ${sure.falseAtMost} of all ${sure.count} such samples are ordinary.`
      : 'About one in ten such samples is ordinary.';
  return {
    subkind: isGroup ? 'group' : 'singles',
    state,
    sentence: [
      `${countSamples(members.length)} ${describeDepth(views, shares, members.length)}`,
      describePredictions(population, members),
      describeErrors(effect),
      certainty,
    ]
      .filter((part) => part !== '')
      .join(' '),
    membership: { by: 'score', least: Math.min(...own.map(({ score }) => score)), all: [] },
    members: Int32Array.from(members),
    scores: Float32Array.from(own, ({ score }) => score),
    effect: effect && effect.insideCount > 0 ? effect : undefined,
    pValue: Math.max(...own.map(({ pValue }) => pValue)),
    qValue: Math.max(...own.map(({ qValue }) => qValue)),
    severity: severityOfMetric((members.length / verdicts.size) * excess),
    explanations: context.explain(members),
    numbers: { tested: verdicts.size, falseAtMost: sure.falseAtMost, sure: sure.count },
    tables: { views: { view: views.map(({ title }) => title), flaggedShare: shares } },
    remarks:
      effect && effect.insideCount > 0
        ? []
        : ['The samples have no labels; the severity counts all of them as misclassified.'],
  };
}

const countSamples = (count: number): string => (count === 1 ? 'One sample' : `${count} samples`);

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
    : `The model predicts ${name} for ${count} of them.`;
}

const describeErrors = (effect: Effect | undefined): string =>
  effect === undefined || effect.insideCount === 0
    ? ''
    : `Of ${effect.insideCount} with a label, ${percent(effect.inside)} are misclassified, where the rest has ` +
      `${percent(effect.outside)}.`;

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;

function compareErrors(
  { labels, predicted }: Population,
  members: ReadonlySet<number>,
  tested: readonly number[],
): Effect | undefined {
  if (labels === undefined || predicted === undefined) return undefined;
  const count = (isIn: boolean) => {
    const rows = tested.filter((row) => labels[row]! >= 0 && members.has(row) === isIn);
    return { successes: rows.filter((row) => labels[row] !== predicted[row]).length, trials: rows.length };
  };
  const [inside, outside] = [count(true), count(false)];
  const rate = ({ successes, trials }: typeof inside): number => (trials === 0 ? 0 : successes / trials);
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
