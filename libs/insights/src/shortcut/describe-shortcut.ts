import { compareRates } from '../confirm/measure.js';
import type { Finding } from '../finding/finding.js';
import { formatCount, formatShare } from '../finding/numbers.js';
import { severityOfMetric } from '../finding/severity.js';
import type { Population } from '../population/population.js';
import { correlate } from '../units/duplicate-units.js';
import { type Feature, measureTie, type Side, type Tie } from './feature.js';
import {
  type Candidate,
  countTie,
  findOff,
  isPull,
  readTie,
  share,
  type Study,
  type TieCounts,
} from './study.js';

const UNITS_SHOWN = 5;

/** A tie that breaks on the confirming half, where the model fails. */
export interface Confirmed extends Candidate {
  readonly counts: TieCounts;
  readonly pValue: number;
  readonly qValue: number;
}

/** Returns the finding of a shortcut. */
export function describeShortcut(
  { classNames }: Population,
  study: Study,
  candidate: Confirmed,
  features: readonly Feature[],
): Finding {
  const { tie, side, counts, pValue, qValue } = candidate;
  const { feature, label, threshold, isAbove } = tie;
  const before = countTie(study, candidate, study.training);
  const { disagreeing, agreeing, wrongDisagreeing, wrongAgreeing } = counts;
  const [inside, outside] = [share(wrongDisagreeing, disagreeing), share(wrongAgreeing, agreeing)];
  const held = readTie(study, candidate, study.confirm);
  const interval = compareRates(held.wrong, held.isOff, { groups: held.groups });
  const members = findMembers(study, candidate);
  const percent = (hits: number, trials: number): string => formatShare(share(hits, trials));
  const text = feature.describe(threshold, isAbove);
  const name = classNames[label] ?? `class ${label}`;
  const [all, fate] = isPull(candidate)
    ? ['samples of other classes', `predicted as ${name}`]
    : ['samples', 'misclassified'];
  return {
    subkind: feature.source,
    state: 'confirmed',
    sentence:
      `Shortcut to ${name}: "${text}" gives the label away in training; ${formatSide(side, name)} are ` +
      `${percent(before.disagreeing, before.disagreeing + before.agreeing)} of ${all} there, and ` +
      `${percent(disagreeing, disagreeing + agreeing)} of held-out ${all}. Of these ` +
      `${formatCount(disagreeing)}, ` +
      `${percent(wrongDisagreeing, disagreeing)} are ${fate}; of the other ${formatCount(agreeing)}, ` +
      `${percent(wrongAgreeing, agreeing)}.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: new Float32Array(members.length).fill(1),
    effect: {
      measure: isPull(candidate) ? `share ${fate}` : 'error rate',
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
      tie: measureTie(tie, study.labels, study.training),
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
