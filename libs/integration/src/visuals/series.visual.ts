import {
  encodeJson,
  exactly,
  jsonMediaType,
  shortNumber,
  type VisualKind,
  visualInvalid,
} from './visual-kind.js';

/** Where the steps of a series are. */
export type SeriesAxis = {
  /** Such as `s` or `Hz`; `date` for milliseconds since 1970. Default: none. */
  readonly unit?: string;
} & (
  | { /** Of the first step. Default: 0. */ readonly start?: number /** Above 0. */; readonly step: number }
  | { /** One for each step. */ readonly at: ArrayLike<number> }
);

export interface SeriesVisual {
  readonly kind: 'series';
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly axis?: SeriesAxis;
}

/** Named lines over a common axis, which counts the steps unless `axis` has a unit, a start and a step. */
export const series = (
  lines: SeriesVisual['series'],
  { axis }: { readonly axis?: SeriesAxis } = {},
): SeriesVisual => ({ kind: 'series', series: lines, ...(axis === undefined ? {} : { axis }) });

/** Characters of the name of a line and of a unit, at most. */
const MAX_NAME = 200;
const SNIPPET_VALUES = 8;

/** Lines over a common axis. */
export const seriesKind: VisualKind<SeriesVisual> = {
  key: 'series',
  mediaType: jsonMediaType('series'),
  encode: ({ series: lines, axis }) =>
    encodeJson({
      series: parseLines(lines),
      ...(axis === undefined ? {} : { axis: parseAxis(axis) }),
    }),
  hasForm(value) {
    const parts = exactly(value, 'series') ?? exactly(value, 'series', 'axis');
    const lines = parts?.series;
    return (
      typeof lines === 'object' &&
      lines !== null &&
      !Array.isArray(lines) &&
      Object.entries(lines).every(([name, line]) => name.length <= MAX_NAME && isStoredLine(line)) &&
      (!('axis' in parts!) || isAxis(parts.axis))
    );
  },
  read(stored) {
    const { series: lines, ...others } = JSON.parse(stored) as StoredSeries;
    return {
      kind: 'series',
      series: Object.fromEntries(
        Object.entries(lines).map(([name, line]) => [name, line.map((value) => value ?? NaN)]),
      ),
      ...others,
    };
  },
  snippet: ({ series: lines }) =>
    Object.entries(lines)
      .map(([name, values]) => `${name} ${values.slice(0, SNIPPET_VALUES).map(shortNumber).join(' ')}`)
      .join('\n'),
};

/** The position of a step on the axis of a series; its number without an axis. */
export function axisPosition(axis: SeriesAxis | undefined, step: number): number {
  if (axis === undefined) return step;
  return 'at' in axis ? (axis.at[step] ?? NaN) : (axis.start ?? 0) + step * axis.step;
}

interface StoredSeries {
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
  readonly axis?: SeriesAxis;
}

/** JSON has null for a number that does not exist. */
const isStoredLine = (line: unknown): boolean =>
  Array.isArray(line) && line.every((value) => value === null || typeof value === 'number');

const isUnit = (unit: unknown): boolean => typeof unit === 'string' && unit.length <= MAX_NAME;

function isAxis(axis: unknown): boolean {
  const regular = exactly(axis, 'unit', 'start', 'step');
  if (regular !== undefined)
    return (
      isUnit(regular.unit) &&
      Number.isFinite(regular.start) &&
      Number.isFinite(regular.step) &&
      (regular.step as number) > 0
    );
  const irregular = exactly(axis, 'unit', 'at');
  return isUnit(irregular?.unit) && Array.isArray(irregular?.at) && irregular.at.every(Number.isFinite);
}

function parseAxis(axis: unknown): object {
  const { unit = '', ...others } = (axis ?? {}) as Partial<{
    unit: string;
    at: ArrayLike<number>;
    step: number;
  }>;
  const parsed =
    others.at === undefined ? { unit, start: 0, ...others } : { unit, at: Array.from(others.at) };
  if (isAxis(parsed)) return parsed;
  throw visualInvalid(
    `the axis of a series is ${JSON.stringify(axis)}; give { step, start?, unit? } with a step above 0, or ` +
      '{ at, unit? } with one finite number for each step',
  );
}

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
