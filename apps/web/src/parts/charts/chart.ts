import type { Interval } from '@noema/evaluation';

/** Kinds of charts; `drawing-registry.ts` has the drawing of each. */
export type ChartKind =
  | 'bar'
  | 'line'
  | 'area'
  | 'curve'
  | 'heatmap'
  | 'confusion'
  | 'donut'
  | 'histogram'
  | 'scatter'
  | 'number'
  | 'table';

/** A bar, a point, a cell or a slice: one number with the samples behind it. */
export interface ChartMark {
  /** Its group along x, or its position. */
  readonly x: string | number;
  /** Row of a heat map. */
  readonly row?: string | undefined;
  /** Marks of one series share a colour. */
  readonly series?: string | undefined;
  /** Not drawn, but listed, when it is not finite. */
  readonly value: number;
  /** Number of samples. */
  readonly n: number;
  readonly interval?: Interval | undefined;
  /** Ends of a bin of a histogram. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  /** Further facts, one line each. */
  readonly notes?: readonly string[] | undefined;
}

export interface ChartAxis {
  readonly title: string;
  readonly format?: ((value: number) => string) | undefined;
  /** Ends of the axis; from the marks when left out. */
  readonly range?: readonly [number, number] | undefined;
  /** Numbers that cannot be passed, such as the ends of a share; the axis ends there at the latest. */
  readonly limits?: readonly [number, number] | undefined;
  /** Names of the groups in their order; as they appear when left out. */
  readonly order?: readonly string[] | undefined;
}

export interface ChartSpec {
  readonly kind: ChartKind;
  readonly title: string;
  readonly x: ChartAxis;
  /** The number of a mark: the y axis, or the colour of a cell. */
  readonly value: ChartAxis;
  /** Name of the field of the rows of a heat map. */
  readonly rowTitle?: string | undefined;
  /** Name of the field whose values are the series. */
  readonly seriesTitle?: string | undefined;
  /** Draws the line value = x. */
  readonly hasDiagonal?: boolean | undefined;
  /** Colours by series; from the palette when left out. */
  readonly colors?: Readonly<Record<string, string>> | undefined;
  /** Confidence of the intervals in percent. Default: 95. */
  readonly confidence?: number | undefined;
}

export interface ChartProps<Mark extends ChartMark = ChartMark> {
  readonly spec: ChartSpec;
  readonly data: readonly Mark[];
  /** Called for a mark that is clicked, or chosen by Enter. */
  readonly onPick?: ((mark: Mark) => void) | undefined;
  /** Height in pixels. Default: 260. */
  readonly height?: number | undefined;
}

/** Values in the order in which they appear first. */
const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

export const listSeries = (data: readonly ChartMark[]): string[] =>
  distinct(data.map(({ series }) => series ?? ''));
export const listRows = (data: readonly ChartMark[]): string[] => distinct(data.map(({ row }) => row ?? ''));
/** The groups along x: the names of `order` first, the other ones as they appear. */
export function listGroups(data: readonly ChartMark[], order: readonly string[] = []): string[] {
  const found = distinct(data.map(({ x }) => String(x)));
  const has = new Set(found);
  return distinct([...order.filter((name) => has.has(name)), ...found]);
}

/** Whether the positions along x are numbers. */
export const isNumeric = (data: readonly ChartMark[]): boolean =>
  data.length > 0 && data.every(({ x }) => typeof x === 'number');
