import {
  encodeJson,
  exactly,
  jsonMediaType,
  shortNumber,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

export interface SeriesVisual {
  readonly kind: 'series';
  readonly series: Readonly<Record<string, readonly number[]>>;
}

/** Named lines over a common axis. */
export const series = (lines: SeriesVisual['series']): SeriesVisual => ({ kind: 'series', series: lines });

/** Characters of the name of a line, at most. */
const MAX_NAME = 200;
const SNIPPET_VALUES = 8;

/** Lines over a common axis. */
export const seriesKind: VisualKind<SeriesVisual> = {
  key: 'series',
  mediaType: jsonMediaType('series'),
  encode: (visual) => encodeJson({ series: parseLines(visual.series) }),
  hasForm(value) {
    const lines = exactly(value, 'series')?.series;
    return (
      typeof lines === 'object' &&
      lines !== null &&
      !Array.isArray(lines) &&
      Object.entries(lines).every(([name, line]) => name.length <= MAX_NAME && isStoredLine(line))
    );
  },
  read: (stored) => ({
    kind: 'series',
    series: Object.fromEntries(
      Object.entries((JSON.parse(stored) as StoredSeries).series).map(([name, line]) => [
        name,
        line.map((value) => value ?? NaN),
      ]),
    ),
  }),
  snippet: ({ series: lines }) =>
    Object.entries(lines)
      .map(([name, values]) => `${name} ${values.slice(0, SNIPPET_VALUES).map(shortNumber).join(' ')}`)
      .join('\n'),
};

interface StoredSeries {
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** JSON has null for a number that does not exist. */
const isStoredLine = (line: unknown): boolean =>
  Array.isArray(line) && line.every((value) => value === null || typeof value === 'number');

function parseLines(lines: unknown): Record<string, number[]> {
  const entries =
    typeof lines === 'object' && lines !== null ? Object.entries(lines as Record<string, unknown>) : [];
  const odd = entries.find(
    ([, line]) =>
      !(Array.isArray(line) || (ArrayBuffer.isView(line) && 'length' in line)) ||
      !Array.from(line as ArrayLike<unknown>).every((value) => typeof value === 'number'),
  );
  if (odd !== undefined) throw visualInvalid(`the line "${odd[0]}" of a series is not a list of numbers`);
  return Object.fromEntries(entries.map(([name, line]) => [name, Array.from(line as ArrayLike<number>)]));
}
