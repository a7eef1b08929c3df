import type { Finding, KindReport } from '../finding/finding.js';
import { severityOfMetric } from '../finding/severity.js';
import { formatCount, formatShare } from '../finding/numbers.js';
import { type LabelEvidence, weighLabels } from '../mislabelled/evidence.js';
import { measurePersistence, type Persistence } from '../mislabelled/persistence.js';
import { type LabelRanking, rankLabels } from '../mislabelled/rank-labels.js';
import { selectHeldOut } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import type { InsightKind } from './insight-kind.js';

/** Margin from which a label is contradicted without doubt. */
const SURE = 0.5;
/** A claim about labels in general needs a p-value and an agreement like these. */
const [MAX_P, MIN_KAPPA] = [0.01, 0.4];
const MAX_CONFUSIONS = 12;

/** Labels that samples like theirs contradict. */
export const mislabelledKind: InsightKind = {
  key: 'mislabelled',
  title: 'Mislabeled',
  summary:
    'Labels that similar samples contradict, the most suspicious first, with the label that they suggest.',
  reference:
    'Northcutt et al., Confident learning, JAIR 2021; Zhu et al., Detecting corrupted labels, ICML 2022',
  parameters: [],
  facts: {},
  version: 5,
  numbers: {
    judged: { title: 'Labels judged', unit: 'count' },
    least: { title: 'Clearly contradicted', unit: 'count' },
    most: { title: 'Contradicted at all', unit: 'count' },
    surestQuarter: { title: 'Contradicted in the surest quarter', unit: 'count' },
    nextQuarter: { title: 'Contradicted in the next quarter', unit: 'count' },
    kappa: { title: 'Agreement of labels and evidence (Cohen’s κ)', unit: 'value' },
  },
  needs: ['labels'],
  async search(population, context) {
    const evidence = await context.share('label evidence', () => weighLabels(population, context));
    if (evidence === undefined) return NOTHING;
    const ranking = rankLabels(evidence);
    const persistence = measurePersistence(evidence);
    const findings = (['', 'ambiguous'] as const).flatMap((subkind) =>
      describe(subkind, { population, evidence, ranking, persistence }),
    );
    return { findings, tried: evidence.judged.rows.length, remarks: evidence.remarks };
  },
};

const NOTHING: KindReport = {
  findings: [],
  tried: 0,
  remarks: [
    'No label was judged: that takes at least 10 labeled samples of at least two classes with 5 samples each, and ' +
      'finite perception vectors or probabilities.',
  ],
};

interface Result {
  readonly population: Population;
  readonly evidence: LabelEvidence;
  readonly ranking: LabelRanking;
  readonly persistence: Persistence;
}

function describe(subkind: '' | 'ambiguous', result: Result): Finding[] {
  const { population, evidence, ranking, persistence } = result;
  const { margins, scores, suggested, ambiguous } = ranking;
  const { rows } = evidence.judged;
  const wanted = Number(subkind === 'ambiguous');
  const members = rows.filter((row) => margins[row]! > 0 && ambiguous[row] === wanted);
  if (members.length === 0) return [];
  members.sort((a, b) => scores[b]! - scores[a]! || a - b);
  const least = countSure(members, margins);
  const isConfirmed = wanted === 0 && persistence.pValue <= MAX_P && persistence.kappa >= MIN_KAPPA;
  return [
    {
      subkind,
      state: isConfirmed ? 'confirmed' : 'hint',
      sentence:
        wanted === 0
          ? describeWrong(members, least, result)
          : `${formatCount(members.length)} of ${formatCount(rows.length)} labels are doubtful: similar ` +
            `samples have several other labels.`,
      membership: { by: 'score', least: scores[members.at(-1)!]!, all: [] },
      members,
      scores: Float32Array.from(members, (row) => scores[row]!),
      effect: undefined,
      pValue: wanted === 0 ? persistence.pValue : undefined,
      qValue: undefined,
      severity: severityOfMetric(shareOfMetric(population, members, margins)),
      explanations: [],
      suggestedLabels: Int32Array.from(members, (row) => suggested[row]!),
      numbers: {
        judged: rows.length,
        least,
        most: members.length,
        surestQuarter: persistence.surest,
        nextQuarter: persistence.next,
        kappa: persistence.kappa,
      },
      tables: { confusions: countConfusions(result, members), views: { view: [...evidence.views] } },
      remarks:
        wanted === 0
          ? ['A suspicion: these numbers count contradictions, not errors. An audit bounds the errors.']
          : [],
    },
  ];
}

function describeWrong(
  members: Int32Array,
  least: number,
  { population, evidence, ranking }: Result,
): string {
  const { rows } = evidence.judged;
  const { labels, classNames } = population;
  const [row] = members;
  const name = (label: number): string => classNames[label] ?? String(label);
  return (
    `Similar samples contradict ${formatCount(members.length)} of ${formatCount(rows.length)} labels ` +
    `(${formatShare(members.length / rows.length)}), about ${formatCount(least)} of them clearly; ` +
    `the most suspicious sample has the label ${name(labels![row!]!)}, similar ones suggest ` +
    `${name(ranking.suggested[row!]!)}.`
  );
}

/** The lower end of the count: labels that are contradicted without doubt, each as often as its margin. */
const countSure = (members: Int32Array, margins: Float32Array): number =>
  Math.floor(members.reduce((sum, row) => sum + (margins[row]! >= SURE ? margins[row]! : 0), 0));

/** Share of held-out labels that are contradicted without doubt: the measured accuracy is off by up to it. */
function shareOfMetric(population: Population, members: Int32Array, margins: Float32Array): number {
  const { rows } = selectHeldOut(population);
  const sure = members.filter((row) => rows[row] === 1 && margins[row]! >= SURE).length;
  return (
    sure /
    Math.max(
      1,
      rows.reduce((sum, one) => sum + one, 0),
    )
  );
}

/** The most frequent pairs of label and suggestion. */
function countConfusions({ population, ranking }: Result, members: Int32Array) {
  const counts = new Map<string, number>();
  for (const row of members) {
    const key = `${population.labels![row]!}>${ranking.suggested[row]!}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const pairs = [...counts]
    .map(([key, count]) => ({ pair: key.split('>').map(Number), count }))
    .sort((a, b) => b.count - a.count)
    .slice(0, MAX_CONFUSIONS);
  const name = (label: number): string => population.classNames[label] ?? String(label);
  return {
    label: pairs.map(({ pair }) => name(pair[0]!)),
    suggested: pairs.map(({ pair }) => name(pair[1]!)),
    count: pairs.map(({ count }) => count),
  };
}
