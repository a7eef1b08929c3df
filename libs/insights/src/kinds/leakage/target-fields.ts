import { areaUnderRoc, rankScores } from '@noema/evaluation';
import { seededRandom, permutation } from '@noema/kernel/random';
import { formatShare } from '../../finding/numbers.js';
import { severityOfMetric } from '../../finding/severity.js';
import type { Finding } from '../../finding/finding.js';
import { thinRows } from '../../population/groups.js';
import type { MetadataColumn, Population } from '../../population/population.js';
import { balanceFolds } from '../../statistics/cross-fit.js';
import { adjustedInformation, mutualInformation, tabulate } from '../../statistics/mutual-information.js';
import { permutationTest } from '../../statistics/permutation-test.js';
import { quantileBins } from '../../statistics/quantile-bins.js';

/** A column predicts the label alone above this area, or above this share of explained entropy. */
const [MIN_AREA, MIN_INFORMATION] = [0.99, 0.95];
/** A column that names the class of this share of the samples is the label, in an older state perhaps. */
const MIN_NAMED = 0.95;
const [BINS, FOLDS, MIN_ROWS, MAX_ROWS] = [32, 5, 50, 20_000];
/** Of the test: permutations, and its rows. */
const [PERMUTATIONS, TESTED] = [1999, 2000];

/** A column that predicts the label alone. */
export interface TargetField {
  readonly column: MetadataColumn;
  /** Mean over classes of the area under the ROC curve, out of fold, weighted by their size. */
  readonly area: number;
  readonly information: number;
  readonly pValue: number;
}

interface TargetContext extends Pick<Population, 'groups'> {
  readonly classNames: readonly string[];
  readonly seed: number;
}

/**
 * Tests each column. Returns the number of tested columns, the columns above a limit, and the names of the columns
 * that have the label itself.
 */
export function testTargetFields(
  labels: Int32Array,
  columns: readonly MetadataColumn[],
  { classNames, seed, groups }: TargetContext,
): { readonly tried: number; readonly fields: TargetField[]; readonly same: string[] } {
  const fields: TargetField[] = [];
  const same: string[] = [];
  let tried = 0;
  for (const column of columns) {
    if (isLabel(column, labels, classNames)) {
      same.push(column.name);
      continue;
    }
    const all = column.type === 'category' ? column.codes : quantileBins(column.values, BINS).codes;
    const random = seededRandom(seed, 17);
    const known = Int32Array.from(labels.keys()).filter((row) => labels[row]! >= 0 && all[row]! >= 0);
    const rows = draw(thinRows({ groups }, known, random), random);
    const own = Int32Array.from(rows, (row) => labels[row]!);
    const codes = renumber(Int32Array.from(rows, (row) => all[row]!));
    if (rows.length < MIN_ROWS || new Set(own).size < 2 || new Set(codes).size < 2) continue;
    tried++;
    const area = crossFitArea(codes, own, seed);
    const table = tabulate(own, codes);
    const information = area > MIN_AREA ? 0 : adjustedInformation(table);
    if (!(area > MIN_AREA) && !(information > MIN_INFORMATION)) continue;
    const some = own.subarray(0, TESTED);
    const others = codes.subarray(0, TESTED);
    const { pValue } = permutationTest(mutualInformation(tabulate(some, others)), PERMUTATIONS, () =>
      mutualInformation(
        tabulate(
          some,
          Int32Array.from(permutation(some.length, random), (at) => others[at]!),
        ),
      ),
    );
    fields.push({ column, area, information: adjustedInformation(table), pValue });
  }
  return { tried, fields, same };
}

/** A column has the label itself: it names the class of nearly each sample, or has one value for each class. */
function isLabel(column: MetadataColumn, labels: Int32Array, classNames: readonly string[]): boolean {
  const names = classNames.map((name) => name.trim().toLowerCase());
  const [values, classes] = [new Map<number, number>(), new Map<number, number>()];
  let [known, named, isOneToOne] = [0, 0, true];
  labels.forEach((label, row) => {
    const value = column.type === 'category' ? column.codes[row]! : column.values[row]!;
    const isMissing = column.type === 'category' ? value < 0 : Number.isNaN(value);
    if (label < 0 || isMissing) return;
    known++;
    const text = column.type === 'category' ? column.categories[value] : String(value);
    if (text?.trim().toLowerCase() === names[label]) named++;
    if (!classes.has(label)) classes.set(label, value);
    // A measure has as many values as samples; they are collected only as long as they may be classes.
    if (isOneToOne && !values.has(value)) values.set(value, label);
    if (classes.get(label) !== value || values.get(value) !== label) isOneToOne = false;
  });
  return classes.size > 1 && (isOneToOne || named >= MIN_NAMED * known);
}

/** Numbers the codes without gaps, in their order: a column may have a million values, and few of them are drawn. */
function renumber(codes: Int32Array): Int32Array {
  const rising = Int32Array.from(new Set(codes)).sort();
  const positions = new Map(Array.from(rising, (code, at) => [code, at]));
  return codes.map((code) => positions.get(code)!);
}

/** At most 20,000 rows, in a random order. */
const draw = (rows: Int32Array, random: () => number): Int32Array =>
  Int32Array.from(permutation(rows.length, random).subarray(0, MAX_ROWS), (at) => rows[at]!);

/** Scores of a class are its shares among the rows of the other folds with the same code. */
function crossFitArea(codes: Int32Array, labels: Int32Array, seed: number): number {
  const n = labels.length;
  const folds = balanceFolds(Int32Array.from(labels.keys()), labels, { folds: FOLDS, seed });
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const size = codes.reduce((most, code) => Math.max(most, code), 0) + 1;
  const counts = new Float64Array(size * classes * FOLDS);
  for (let row = 0; row < n; row++) counts[(folds[row]! * size + codes[row]!) * classes + labels[row]!]!++;
  const totals = new Float64Array(size * classes);
  for (let at = 0; at < counts.length; at++) totals[at % totals.length]! += counts[at]!;
  const sums = new Float64Array(size * FOLDS);
  for (let at = 0; at < counts.length; at++) {
    const fold = Math.floor(at / totals.length);
    const code = Math.floor((at % totals.length) / classes);
    for (let other = 0; other < FOLDS; other++) if (other !== fold) sums[other * size + code]! += counts[at]!;
  }
  let area = 0;
  for (let label = 0; label < classes; label++) {
    const isPositive = Uint8Array.from(labels, (own) => Number(own === label));
    const positives = isPositive.reduce((sum, one) => sum + one, 0);
    if (positives === 0 || positives === n) continue;
    const scores = Float64Array.from({ length: n }, (_, row) => {
      const code = codes[row]!;
      const count = totals[code * classes + label]! - counts[(folds[row]! * size + code) * classes + label]!;
      return (count + positives / n) / (sums[folds[row]! * size + code]! + 1);
    });
    area += (positives / n) * areaUnderRoc(rankScores({ scores, isPositive }));
  }
  return area;
}

/** Returns the finding of a column. */
export function describeTargetField(
  { n }: Population,
  { column, area, information, pValue }: TargetField,
  qValue: number,
): Finding {
  return {
    subkind: 'target',
    state: 'confirmed',
    sentence:
      `${column.name} alone predicts the label: area under the ROC curve ${area.toFixed(3)} out of fold, ` +
      `${formatShare(information)} of the information of the label. A model that sees it needs nothing else.`,
    membership: { by: 'conditions', all: [] },
    members: Int32Array.from({ length: n }, (_, row) => row),
    scores: undefined,
    effect: undefined,
    pValue,
    qValue,
    severity: severityOfMetric(0),
    explanations: [],
    numbers: { area, information },
    tables: {},
    remarks: [],
  };
}
