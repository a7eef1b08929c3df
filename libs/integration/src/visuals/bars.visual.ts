import {
  encodeJson,
  exactly,
  isTexts,
  jsonMediaType,
  shortNumber,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

export interface BarsVisual {
  readonly kind: 'bars';
  readonly labels: readonly string[];
  /** NaN for a value that does not exist. */
  readonly values: readonly number[];
  readonly unit: string;
}

/** Horizontal bars from zero, one for each name, in the order of the names: `bars({ cat: 0.7, dog: 0.3 })`. */
export const bars = (
  values: Readonly<Record<string, number>>,
  { unit = '' }: { readonly unit?: string } = {},
): BarsVisual => ({ kind: 'bars', labels: Object.keys(values), values: Object.values(values), unit });

const MAX_BARS = 1_000;
const MAX_NAME = 200;
const SNIPPET_BARS = 8;

/** Horizontal bars. */
export const barsKind: VisualKind<BarsVisual> = {
  key: 'bars',
  mediaType: jsonMediaType('bars'),
  encode({ labels, values, unit }) {
    const odd = labels.find((_, at) => typeof values[at] !== 'number');
    if (odd !== undefined) throw visualInvalid(`the bar "${odd.slice(0, MAX_NAME)}" has no number`);
    const parts = { labels, values: values.map((value) => (Number.isFinite(value) ? value : null)), unit };
    if (isBars(parts)) return encodeJson(parts);
    throw visualInvalid(
      `bars are at most ${MAX_BARS} numbers with names of at most ${MAX_NAME} characters, and a unit`,
    );
  },
  hasForm: (value) => isBars(exactly(value, 'labels', 'values', 'unit')),
  read(stored) {
    const parts = JSON.parse(stored) as { labels: string[]; values: (number | null)[]; unit: string };
    return { kind: 'bars', ...parts, values: parts.values.map((value) => value ?? NaN) };
  },
  snippet: ({ labels, values }) =>
    labels
      .slice(0, SNIPPET_BARS)
      .map((label, at) => `${label} ${shortNumber(values[at]!)}`)
      .join('\n'),
};

const isName = (name: unknown): boolean => typeof name === 'string' && name.length <= MAX_NAME;

const isBars = (parts: Readonly<Record<'labels' | 'values' | 'unit', unknown>> | undefined): boolean =>
  parts !== undefined &&
  isTexts(parts.labels) &&
  parts.labels.length <= MAX_BARS &&
  parts.labels.every(isName) &&
  Array.isArray(parts.values) &&
  parts.values.length === parts.labels.length &&
  parts.values.every((value) => value === null || typeof value === 'number') &&
  isName(parts.unit);
