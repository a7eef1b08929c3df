import { benjaminiYekutieli, newcombeInterval } from '@noema/evaluation';
import type { Finding } from '../finding/finding.js';
import { severityOfMetric } from '../finding/severity.js';
import type { Population } from '../population/population.js';
import { disagrees, type Feature, findTie, type Side, SIDES, type Tie } from '../shortcut/feature.js';
import { readInputs, readMetadata, readUnits } from '../shortcut/features.js';
import { drawStudyRows, type StudyRows } from '../shortcut/study-rows.js';
import { correlate } from '../units/duplicate-units.js';
import { fisherGreater } from '../statistics/fisher.js';
import type { InsightKind } from './insight-kind.js';

/** Least number of held-out rows of a half in which feature and label disagree. */
const MIN_DISAGREEING = 5;
/** Factor by which a tie must break more often on held-out data than in training. */
const BREAKS = 2;
/**
 * Factor by which the tie of a unit must break more often than the prediction of the median class: units of late layers
 * are detectors of a class, which disagree with the label wherever the model is wrong.
 */
const BREAKS_OF_UNIT = 4;
const MAX_CONFIRMED = 200;
const UNITS_SHOWN = 5;

/**
 * Fields, units and places of the input that go with a label in training, where the model fails on held-out samples
 * on which both disagree.
 */
export const shortcutKind: InsightKind = {
  key: 'shortcut',
  title: 'Shortcut',
  summary:
    'A field, unit or place of the input that gives the label away in training, where the model fails on samples ' +
    'without that tie.',
  reference: 'Geirhos et al., Shortcut learning in deep neural networks, Nature Machine Intelligence 2020',
  parameters: [
    {
      type: 'number',
      name: 'tie',
      title: 'Tie',
      help: "Matthews' correlation of feature and label in training from which they go together.",
      default: 0.7,
      minimum: 0.3,
      maximum: 1,
      step: 0.05,
    },
    {
      type: 'number',
      name: 'ratio',
      title: 'Ratio',
      help: 'Factor by which the error must be larger where feature and label disagree.',
      default: 2,
      minimum: 1,
      maximum: 100,
      step: 0.5,
    },
  ],
  facts: {},
  version: 1,
  needs: ['labels', 'predicted', 'training', 'held-out'],
  async search(population, { parameters, halves, seed, q, signal, progress }) {
    const rows = drawStudyRows(population, halves, seed);
    const study = createStudy(population, rows);
    const features = [
      ...readMetadata(population.metadata, rows.rows),
      ...readUnits(population, rows.rows),
      ...(population.inputs ? await readInputs(population.inputs, rows.rows, signal) : []),
    ];
    progress(0.5);
    const [least, ratio] = [parameters.tie as number, parameters.ratio as number];
    const candidates: Candidate[] = [];
    for (const feature of features) {
      signal?.throwIfAborted();
      const tie = findTie(feature, study.labels, population.classNames.length, rows.choose);
      if (tie === undefined || tie.correlation < least) continue;
      const candidate = findSide(study, tie, ratio);
      if (candidate !== undefined) candidates.push(candidate);
    }
    progress(0.9);
    // The first of several ties that are the same shortcut stays: fields and places say more to people than units.
    const tried = candidates.toSorted(compareTies).slice(0, MAX_CONFIRMED);
    const confirmations = tried.map((candidate) => confirm(study, candidate));
    const adjusted = benjaminiYekutieli(confirmations.map(({ pValue }) => pValue));
    const held = tried
      .map((candidate, at) => ({ ...candidate, ...confirmations[at]!, qValue: adjusted[at]! }))
      .filter(({ counts, qValue }) => qValue <= q && fails(counts, ratio));
    const findings = removeOverlaps(study, held).map((one) => describe(population, study, one, features));
    return { findings, tried: tried.length, remarks: listRemarks(population, study, features.length) };
  },
};

/** A tie, and the side on which the model fails most clearly. */
interface Candidate {
  readonly tie: Tie;
  readonly side: Side;
}

interface Study extends StudyRows {
  /** Label of each position, and whether the prediction is wrong. */
  readonly labels: Int32Array;
  readonly wrong: Uint8Array;
  /** Share of the rows of `find` on which the median class and its prediction disagree. */
  readonly typical: number;
}

function createStudy({ labels, predicted, classNames }: Population, rows: StudyRows): Study {
  const own = Int32Array.from(rows.rows, (row) => labels![row]!);
  const said = Int32Array.from(rows.rows, (row) => predicted![row]!);
  const off = new Float64Array(classNames.length);
  for (const at of rows.find) {
    if (own[at] === said[at]) continue;
    off[own[at]!]!++;
    off[said[at]!]!++;
  }
  const median = off.toSorted()[off.length >> 1] ?? 0;
  return {
    ...rows,
    labels: own,
    wrong: Uint8Array.from(own, (label, at) => Number(label !== said[at])),
    typical: Math.max(1, median) / Math.max(1, rows.find.length),
  };
}

const SOURCES = ['metadata', 'input', 'unit'] as const;

const compareTies = ({ tie: a }: Candidate, { tie: b }: Candidate): number =>
  SOURCES.indexOf(a.feature.source) - SOURCES.indexOf(b.feature.source) || b.correlation - a.correlation;

/** Numbers of a tie on some positions. */
interface TieCounts {
  readonly disagreeing: number;
  readonly agreeing: number;
  readonly wrongDisagreeing: number;
  readonly wrongAgreeing: number;
}

function count({ labels, wrong }: Study, { tie, side }: Candidate, positions: Int32Array): TieCounts {
  const counts = { disagreeing: 0, agreeing: 0, wrongDisagreeing: 0, wrongAgreeing: 0 };
  for (const at of positions) {
    const isOff = disagrees(tie, side, at, labels[at]!);
    if (isOff === undefined) continue;
    counts[isOff ? 'disagreeing' : 'agreeing']++;
    counts[isOff ? 'wrongDisagreeing' : 'wrongAgreeing'] += wrong[at]!;
  }
  return counts;
}

const share = (hits: number, trials: number): number => (trials === 0 ? 0 : hits / trials);

const fails = (counts: TieCounts, ratio: number): boolean =>
  counts.disagreeing >= MIN_DISAGREEING &&
  share(counts.wrongDisagreeing, counts.disagreeing) >=
    ratio * Math.max(share(counts.wrongAgreeing, counts.agreeing), 1e-9) &&
  counts.wrongDisagreeing > 0;

/** Returns the side on which the tie breaks and the model fails on the finding half, with the smallest p-value. */
function findSide(study: Study, tie: Tie, ratio: number): Candidate | undefined {
  let [best, bestPValue]: [Candidate | undefined, number] = [undefined, 1];
  for (const side of SIDES) {
    const candidate = { tie, side };
    const [before, now] = [count(study, candidate, study.training), count(study, candidate, study.find)];
    const broken = share(now.disagreeing, now.disagreeing + now.agreeing);
    if (!fails(now, ratio)) continue;
    if (broken < BREAKS * share(before.disagreeing, before.disagreeing + before.agreeing)) continue;
    if (tie.feature.source === 'unit' && broken < BREAKS_OF_UNIT * study.typical) continue;
    const pValue = testFailure(now);
    if (pValue < bestPValue) [best, bestPValue] = [candidate, pValue];
  }
  return best;
}

/** Chance of such a difference of the error rates by luck. */
const testFailure = ({ disagreeing, agreeing, wrongDisagreeing, wrongAgreeing }: TieCounts): number =>
  fisherGreater({
    insideHits: wrongDisagreeing,
    insideCount: disagreeing,
    outsideHits: wrongAgreeing,
    outsideCount: agreeing,
  });

/** The larger of two p-values: that the tie breaks, and that the model fails where it does. */
function confirm(
  study: Study,
  candidate: Candidate,
): { readonly counts: TieCounts; readonly pValue: number } {
  const [before, counts] = [count(study, candidate, study.training), count(study, candidate, study.confirm)];
  const breaks = fisherGreater({
    insideHits: counts.disagreeing,
    insideCount: counts.disagreeing + counts.agreeing,
    outsideHits: before.disagreeing,
    outsideCount: before.disagreeing + before.agreeing,
  });
  return { counts, pValue: Math.max(breaks, testFailure(counts)) };
}

interface Confirmed extends Candidate {
  readonly counts: TieCounts;
  readonly pValue: number;
  readonly qValue: number;
}

/** Leaves out ties whose disagreeing rows are mostly the rows of a stronger one. */
function removeOverlaps(study: Study, held: readonly Confirmed[]): Confirmed[] {
  const kept: { readonly one: Confirmed; readonly off: Set<number> }[] = [];
  for (const one of held) {
    const off = new Set(findOff(study, one));
    const overlaps = kept.some(({ off: other }) => {
      const both = [...off].filter((at) => other.has(at)).length;
      return both > 0.5 * Math.min(off.size, other.size);
    });
    if (!overlaps) kept.push({ one, off });
  }
  return kept.map(({ one }) => one);
}

function describe(
  { classNames }: Population,
  study: Study,
  candidate: Confirmed,
  features: readonly Feature[],
): Finding {
  const { tie, side, counts, pValue, qValue } = candidate;
  const { feature, label, threshold, isAbove } = tie;
  const before = count(study, candidate, study.training);
  const { disagreeing, agreeing, wrongDisagreeing, wrongAgreeing } = counts;
  const [inside, outside] = [share(wrongDisagreeing, disagreeing), share(wrongAgreeing, agreeing)];
  const interval = newcombeInterval(
    { successes: wrongDisagreeing, trials: disagreeing },
    { successes: wrongAgreeing, trials: agreeing },
  );
  const members = findMembers(study, candidate);
  const percent = (hits: number, trials: number): string => `${(100 * share(hits, trials)).toFixed(1)} %`;
  const text = feature.describe(threshold, isAbove);
  const name = classNames[label] ?? `class ${label}`;
  return {
    subkind: feature.source,
    state: 'confirmed',
    sentence:
      `Shortcut to ${name}: "${text}" gives the label away in training; ${formatSide(side, name)} are ` +
      `${percent(before.disagreeing, before.disagreeing + before.agreeing)} of samples there, and ` +
      `${percent(disagreeing, disagreeing + agreeing)} of held-out samples. Of these ${disagreeing}, ` +
      `${percent(wrongDisagreeing, disagreeing)} are misclassified; of the other ${agreeing}, ` +
      `${percent(wrongAgreeing, agreeing)}.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: new Float32Array(members.length).fill(1),
    effect: {
      measure: 'error rate',
      inside,
      outside,
      insideCount: disagreeing,
      outsideCount: agreeing,
      difference: inside - outside,
      interval,
    },
    pValue,
    qValue,
    severity: severityOfMetric(share(disagreeing, disagreeing + agreeing) * Math.max(0, interval.low)),
    explanations: [],
    numbers: {
      label,
      threshold,
      tie: tie.correlation,
      disagreeingInTraining: share(before.disagreeing, before.disagreeing + before.agreeing),
      disagreeing: share(disagreeing, disagreeing + agreeing),
    },
    tables: { units: listUnits(study, tie, features) },
    remarks: [],
  };
}

function formatSide(side: Side, name: string): string {
  switch (side) {
    case 'both':
      return `samples of ${name} without it and others with it`;
    case 'without':
      return `samples of ${name} without it`;
    case 'with':
      return 'samples of other classes with it';
  }
}

/** Held-out rows on which feature and label disagree, misclassified ones first. */
function findMembers(study: Study, candidate: Candidate): Int32Array {
  const ordered = findOff(study, candidate).toSorted(
    (a, b) => study.wrong[b]! - study.wrong[a]! || study.rows[a]! - study.rows[b]!,
  );
  return Int32Array.from(ordered, (at) => study.rows[at]!);
}

const findOff = (study: Study, { tie, side }: Candidate): number[] =>
  [...study.find, ...study.confirm].filter((at) => disagrees(tie, side, at, study.labels[at]!));

/** The units whose responses go along with the feature on held-out rows, strongest first. */
function listUnits(study: Study, tie: Tie, features: readonly Feature[]): Finding['tables'][string] {
  const positions = Int32Array.of(...study.find, ...study.confirm);
  const { values } = tie.feature;
  const side = Float32Array.from(values, (value) => Number(value > tie.threshold === tie.isAbove));
  const units = features
    .filter(({ source }) => source === 'unit')
    .map((feature) => ({ name: feature.name, correlation: correlate(feature.values, side, positions) }))
    .filter(({ correlation }) => !Number.isNaN(correlation))
    .sort((a, b) => Math.abs(b.correlation) - Math.abs(a.correlation))
    .slice(0, UNITS_SHOWN);
  return { unit: units.map(({ name }) => name), correlation: units.map(({ correlation }) => correlation) };
}

function listRemarks({ inputs }: Population, study: Study, features: number): string[] {
  const remarks = [
    `${features} fields, units and places of the input were compared with the label. A shortcut is found only where ` +
      'its tie with the label is weaker on held-out data than in training.',
  ];
  if (inputs === undefined)
    remarks.push('The inputs are not available; only fields and units were compared.');
  if (inputs?.kind === 'text') remarks.push('Tokens of texts were not compared.');
  if (study.rows.length < study.available)
    remarks.push(`${study.rows.length} of ${study.available} samples were drawn by the seed.`);
  return remarks;
}
