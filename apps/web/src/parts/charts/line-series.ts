import { csvCell } from '../csv-cell.js';

/** One value at one place of the x axis; NaN and infinite ones are listed, not drawn. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
}

/** One line of a chart; its points are in rising order of x. */
export interface LineSeries {
  readonly key: string;
  readonly label: string;
  /** Any CSS color, at least 3 : 1 against both grounds. */
  readonly color: string;
  /** `stroke-dasharray`; not given for a line without gaps. */
  readonly dash?: string | undefined;
  /** Width of the line in pixels; 1.8 when not given. */
  readonly width?: number | undefined;
  /** 0 to 1; 1 when not given. */
  readonly opacity?: number | undefined;
  readonly points: readonly LinePoint[];
}

/** Where a line stops being a number. */
export interface Gap {
  readonly series: LineSeries;
  readonly from: number;
  readonly count: number;
  readonly forGood: boolean;
  readonly name: string;
}

/** The first place of each line where its value is not finite. */
export function findGaps(series: readonly LineSeries[]): Gap[] {
  return series.flatMap((line) => {
    const first = line.points.findIndex(({ y }) => !Number.isFinite(y));
    const point = line.points[first];
    if (point === undefined) return [];
    const rest = line.points.slice(first);
    return [
      {
        series: line,
        from: point.x,
        count: rest.filter(({ y }) => !Number.isFinite(y)).length,
        forGood: rest.every(({ y }) => !Number.isFinite(y)),
        name: Number.isNaN(point.y) ? 'NaN' : 'infinite',
      },
    ];
  });
}

/** A gap as a sentence: `validation: NaN from epoch 3 on`. */
export function gapText({ series, from, count, forGood, name }: Gap, step: string): string {
  if (forGood) return `${series.label}: ${name} from ${step} ${from} on`;
  return `${series.label}: ${name} at ${step} ${from}${count > 1 ? ` and ${count - 1} more` : ''}`;
}

/** Smallest and largest finite number of all lines; undefined when there is none. */
export function computeExtent(
  series: readonly LineSeries[],
  of: (point: LinePoint) => number,
): readonly [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const { points } of series) {
    for (const point of points) {
      const number = of(point);
      if (!Number.isFinite(number)) continue;
      if (number < low) low = number;
      if (number > high) high = number;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** All places of x that any line has, rising, each once. */
export const listPlaces = (series: readonly LineSeries[]): number[] =>
  [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);

/** The value of a line at a place; undefined where it has no value. */
export const valueAt = ({ points }: LineSeries, x: number): number | undefined =>
  points.find((point) => point.x === x)?.y;

/** The numbers of all lines as CSV by RFC 4180, one row a place. */
export function formatCsv(series: readonly LineSeries[], step: string): string {
  const rows = listPlaces(series).map((x) => [
    String(x),
    ...series.map((line) => {
      const y = valueAt(line, x);
      return y === undefined ? '' : String(y);
    }),
  ]);
  return (
    [[step, ...series.map(({ label }) => csvCell(label))], ...rows].map((row) => row.join(',')).join('\r\n') +
    '\r\n'
  );
}
