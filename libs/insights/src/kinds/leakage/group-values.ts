import type { Finding } from '../../finding/finding.js';
import { formatCount } from '../../finding/numbers.js';
import type { MetadataColumn, Population } from '../../population/population.js';
import { testAlike } from './alike.js';
import { describeInflation, measureInflation } from './inflation.js';
import { selectLeakable } from './leakable.js';

/** Share of distinct values between which a column may name groups, such as patients. */
const [MIN_DISTINCT, MAX_DISTINCT] = [0.01, 0.9];

/** A column whose values are in training and held-out samples. */
export interface SharedValues {
  readonly column: MetadataColumn;
  /** 1 for held-out samples whose value is in training, [n] uint8. */
  readonly leaked: Uint8Array;
  /** Number of values in both. */
  readonly shared: number;
  /** Undefined where the user has named the column as a group: nothing has to be tested. */
  readonly pValue: number | undefined;
}

/** Codes of the values of a column, −1 where missing; numbers are coded in their order. */
function encodeColumn(column: MetadataColumn): { readonly codes: Int32Array; readonly size: number } {
  if (column.type === 'category') return { codes: column.codes, size: column.categories.length };
  const rising = [...new Set(column.values.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b);
  const positions = new Map(rising.map((value, at) => [value, at]));
  return {
    codes: Int32Array.from(column.values, (value) => positions.get(value) ?? -1),
    size: rising.length,
  };
}

/**
 * Tests the columns that may name groups. Values that are in both splits leak only if samples with one value are alike:
 * held-out samples lie nearer to the training samples with their value than to samples with a value that was dealt at
 * random among held-out samples of their class. Whole numbers must also differ from what lies between the values on
 * both sides: a measure such as an age or a brightness makes samples alike without naming groups. Other numbers name
 * none. Without one class for each sample only the column that the user has named is tested: any other one that goes
 * along with the ground truth, such as the classes of the objects of a picture, makes samples alike as well.
 */
export function testSharedValues(population: Population, seed: number): SharedValues[] {
  const { metadata, groupColumn, splits, splitCodes, n, spaces, labels } = population;
  const training = splits.indexOf('training');
  const { rows } = selectLeakable(population);
  const results: SharedValues[] = [];
  for (const [at, column] of metadata.entries()) {
    const isNamed = column.name === groupColumn;
    const isMeasure =
      column.type === 'number' && column.values.some((value) => !(value % 1 === 0 || isNaN(value)));
    if (!isNamed && (isMeasure || labels === undefined)) continue;
    const { codes, size } = encodeColumn(column);
    const known = codes.reduce((sum, code) => sum + Number(code >= 0), 0);
    const used = new Set(codes.filter((code) => code >= 0)).size;
    if (!isNamed && (used < MIN_DISTINCT * known || used > MAX_DISTINCT * known || used < 2)) continue;
    const inTraining = new Uint8Array(size);
    for (let row = 0; row < n; row++)
      if (splitCodes[row] === training && codes[row]! >= 0) inTraining[codes[row]!] = 1;
    const leaked = rows.map((is, row) =>
      Number(is === 1 && codes[row]! >= 0 && inTraining[codes[row]!] === 1),
    );
    const shared = new Set(codes.filter((_, row) => leaked[row] === 1)).size;
    if (shared === 0) continue;
    const pValue = isNamed
      ? undefined
      : spaces.length === 0
        ? 1
        : testAlike(population, spaces[0]!, { column, codes, size, leaked }, seed + at);
    results.push({ column, leaked, shared, pValue });
  }
  return results;
}

/** Returns the finding of a column whose groups are in both splits. */
export function describeSharedValues(
  population: Population,
  { column, leaked, shared, pValue }: SharedValues,
  { qValue, seed }: { readonly qValue: number; readonly seed: number },
): Finding {
  const members = Int32Array.from(leaked.keys()).filter((row) => leaked[row] === 1);
  const { count: heldOut } = selectLeakable(population);
  const { text, numbers, ...rest } = describeInflation(measureInflation(population, leaked, seed));
  return {
    subkind: 'group',
    state: 'confirmed',
    sentence:
      `${formatCount(members.length)} of ${formatCount(heldOut)} held-out samples ` +
      `${members.length === 1 ? 'shares' : 'share'} the value of ` +
      `${column.name} with training samples ` +
      `(${formatCount(shared, 'value')})` +
      `${pValue === undefined ? '' : `, and samples with one ${column.name} are alike`}; ${text}.`,
    membership: { by: 'score', least: 1, all: [] },
    members,
    scores: undefined,
    pValue,
    qValue: pValue === undefined ? undefined : qValue,
    explanations: [],
    numbers: { leaked: members.length, heldOut, sharedValues: shared, ...numbers },
    tables: {},
    remarks: [],
    ...rest,
  };
}
