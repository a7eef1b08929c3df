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

/** What is known of every point under one name, in the order of the points. */
export type Column = NumberColumn | CodeColumn;

/** What a column is called on the page. */
export function columnTitle(name: string): string {
  const title = TITLES[name];
  if (title !== undefined) return title;
  const [, group, own = name] = /^(metadata|metrics)\.(.*)$/s.exec(name) ?? [];
  const plain = plainName(own);
  return TAKEN.has(plain) ? `${plain} (${group === 'metrics' ? 'metric' : 'metadata'})` : plain;
}

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
  origin: 'origin',
  prediction: 'predicted number',
  target: 'target',
  residual: 'residual',
  pixel_accuracy: 'pixel accuracy',
  iou: 'IoU',
  missed: 'missed objects',
  wrong_class: 'objects of the wrong class',
  badly_placed: 'badly placed objects',
  false_positives: 'false positives',
};

/** Titles that a column of metadata must not bear alone. */
const TAKEN: ReadonlySet<string> = new Set(Object.values(TITLES));

/** What the value of a code is called on the page. */
export function codeTitle(column: string, name: string): string {
  if (column === 'correct') return name === 'true' ? 'correct' : 'misclassified';
  if (column === 'cluster') return `cluster ${name}`;
  if (column === 'origin') return name === 'placed' ? 'placed here' : 'of the stored map';
  return name;
}

/** Columns that are counted on a logarithmic scale unless somebody says otherwise. */
export const isLogarithmic = (name: string): boolean => name === 'loss';

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
