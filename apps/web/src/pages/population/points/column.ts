import { parseOutputColumn, plainColumn } from '../../../parts/output-column.js';
import { plainName } from '../../../parts/plain-name.js';

/** Numbers of all points; NaN where there is none. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: 'number';
  readonly values: Float32Array;
}

/** Positions in `names` of all points; `missing` where there is none. */
export interface CodeColumn {
  readonly name: string;
  readonly kind: 'code';
  readonly values: Uint8Array | Uint16Array | Int32Array;
  readonly missing: number;
  readonly names: readonly string[];
}

/** The values of all points under one name, in the order of the points. */
export type Column = NumberColumn | CodeColumn;

/** The column of what became of each sample from version A to version B. */
export const CHANGE = 'change';

/** The column of the change of a number: that of B minus that of A. */
export const changeColumn = (number: string): string => `${CHANGE}.${number}`;

/** True for columns that compare two versions. */
export const isChange = (name: string): boolean => name === CHANGE || isSigned(name);

/** True for numbers that are as much below 0 as above: 0 is in the middle of their scale. */
export const isSigned = (name: string): boolean => name.startsWith(`${CHANGE}.`);

/** Title of a column on the page. */
export function columnTitle(name: string): string {
  const title = TITLES[name];
  if (title !== undefined) return title;
  const of = parseOutputColumn(name);
  if (of !== undefined) return `${columnTitle(of.column)} of ${of.output}`;
  if (isSigned(name)) return `change of the ${changedTitle(name.slice(CHANGE.length + 1))}`;
  const [, group, own = name] = /^(metadata|metrics)\.(.*)$/s.exec(name) ?? [];
  const plain = plainName(own);
  return TAKEN.has(plain) ? `${plain} (${group === 'metrics' ? 'metric' : 'metadata'})` : plain;
}

const changedTitle = (name: string): string =>
  name === 'residual' ? 'absolute residual' : columnTitle(name);

const TITLES: Readonly<Record<string, string>> = {
  loss: 'loss',
  correct: 'correctness',
  predicted_class: 'prediction',
  true_class: 'label',
  true_probability: 'probability of the label',
  confidence: 'confidence',
  cluster: 'cluster',
  trust: 'local trust',
  split: 'split',
  slice: 'slice',
  origin: 'origin',
  prediction: 'predicted number',
  target: 'target',
  residual: 'residual',
  pixel_accuracy: plainName('pixel_accuracy'),
  iou: plainName('iou'),
  missed: 'missed objects',
  wrong_class: 'objects of the wrong class',
  badly_placed: 'badly placed objects',
  false_positives: 'false positives',
  [CHANGE]: 'change from A to B',
};

/** Titles that a column of metadata must not bear alone. */
const TAKEN: ReadonlySet<string> = new Set(Object.values(TITLES));

/** Title of the value of a code on the page. */
export function codeTitle(column: string, name: string): string {
  if (plainColumn(column) === 'correct') return name === 'true' ? 'correct' : 'misclassified';
  if (column === CHANGE) return CHANGE_TITLES[name] ?? name;
  if (column === 'cluster') return `cluster ${name}`;
  if (column === 'origin') return name === 'placed' ? 'placed here' : 'of the stored map';
  return name;
}

const CHANGE_TITLES: Readonly<Record<string, string>> = {
  correct: 'correct in both',
  fixed: 'fixed in B',
  broken: 'broken in B',
  wrong: 'misclassified in both',
  lower: 'lower in B',
  same: 'the same',
  higher: 'higher in B',
};

/** Columns that are counted on a logarithmic scale unless somebody says otherwise. */
export const isLogarithmic = (name: string): boolean => plainColumn(name) === 'loss';

/** How many points there are of each code; the last entry counts the points without one. */
export function countCodes({ values, missing, names }: CodeColumn, shown?: Uint8Array): Uint32Array {
  const counts = new Uint32Array(names.length + 1);
  for (let i = 0; i < values.length; i++) {
    if (shown !== undefined && (shown[i >> 3]! & (1 << (i & 7))) === 0) continue;
    const code = values[i]!;
    const slot = code === missing || code < 0 || code >= names.length ? names.length : code;
    counts[slot] = counts[slot]! + 1;
  }
  return counts;
}

/** Name of the column that has the slice of each point. */
export const SLICE = 'slice';

/** Slices that get a code, the newest ones: colors of more cannot be distinguished. */
export const MAX_SLICES = 40;

/** Whether no map carries a column: it is computed of others. */
export const isDerived = (name: string): boolean => name === SLICE || isChange(name);
