import { benjaminiYekutieli } from '@noema/evaluation';
import { formatCount } from '../finding/numbers.js';
import type { Population } from '../population/population.js';
import { type Confirmed, describeShortcut } from '../shortcut/describe-shortcut.js';
import { findTie, measureTie, SIDES, type Tie } from '../shortcut/feature.js';
import { readInputs, readMetadata, readUnits } from '../shortcut/features.js';
import { drawStudyRows } from '../shortcut/study-rows.js';
import {
  type Candidate,
  countTie,
  createStudy,
  findOff,
  readTie,
  share,
  type Study,
  type TieCounts,
} from '../shortcut/study.js';
import { testRates } from '../statistics/clusters.js';
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
  version: 5,
  numbers: {
    label: { title: 'Class, by its index', unit: 'count' },
    threshold: { title: 'Limit of the feature', unit: 'value' },
    tie: { title: 'Correlation with the label in training', unit: 'value' },
    disagreeingInTraining: { title: 'Disagreeing in training', unit: 'share' },
    disagreeing: { title: 'Disagreeing, held out', unit: 'share' },
  },
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
      const found = findTie(feature, study.labels, population.classNames.length, rows.choose);
      if (found === undefined) continue;
      // On other rows, because the threshold and the class were chosen for the largest correlation.
      const tie = { ...found, correlation: measureTie(found, study.labels, rows.select) };
      if (!(tie.correlation >= least)) continue;
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
    const findings = removeOverlaps(study, held).map((one) =>
      describeShortcut(population, study, one, features),
    );
    return { findings, tried: tried.length, remarks: listRemarks(population, study, features.length) };
  },
};

const SOURCES = ['metadata', 'input', 'unit'] as const;

const compareTies = ({ tie: a }: Candidate, { tie: b }: Candidate): number =>
  SOURCES.indexOf(a.feature.source) - SOURCES.indexOf(b.feature.source) || b.correlation - a.correlation;

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
    const before = countTie(study, candidate, study.select);
    const now = countTie(study, candidate, study.find);
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
  const counts = countTie(study, candidate, study.confirm);
  const positions = Int32Array.from([...study.training, ...study.confirm]);
  const all = readTie(study, candidate, positions);
  const learned = readTie(study, candidate, study.training).isOff.length;
  const isHeldOut = all.isOff.map((_, at) => Number(at >= learned));
  const breaks = testRates(Float64Array.from(all.isOff), isHeldOut, all.groups);
  const held = readTie(study, candidate, study.confirm);
  return { counts, pValue: Math.max(breaks, testRates(held.wrong, held.isOff, held.groups)) };
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

function listRemarks({ inputs }: Population, study: Study, features: number): string[] {
  const remarks = [
    `${formatCount(features)} fields, units and places of the input were compared with the label. A ` +
      `shortcut is found only where ` +
      'its tie with the label is weaker on held-out data than in training.',
  ];
  if (inputs === undefined)
    remarks.push('The inputs are not available; only fields and units were compared.');
  if (inputs?.kind === 'text') remarks.push('Tokens of texts were not compared.');
  if (study.rows.length < study.available)
    remarks.push(
      `${formatCount(study.rows.length)} of ${formatCount(study.available)} samples were drawn by the seed.`,
    );
  return remarks;
}
