import {
  byStrength,
  type MetadataColumn,
  type MetadataRelation,
  MAX_TEXTS,
  ROWS_PER_TEXT,
} from './metadata-relation.js';

/** A spread that is less of the squares is what rounding leaves of none. */
const ROUNDING = 1e-9;

/**
 * Sums of one column over the rows that have a value, by unit: Σx, Σx², Σxy [units], and Σx by text [units,
 * texts]; x is the response less its mean.
 */
interface ColumnSums {
  readonly column: MetadataColumn;
  /** Mean of the numbers, so that products do not cancel. */
  readonly middle: number;
  count: number;
  y: number;
  squaredY: number;
  readonly x: Float64Array;
  readonly squaredX: Float64Array;
  readonly xy: Float64Array;
  readonly byText: Float64Array;
  readonly rowsOfText: Int32Array;
}

/**
 * The relations of all units to all metadata columns at once; the same numbers as `computeRelation`, unit by unit.
 */
export class MetadataSums {
  private readonly sums: readonly ColumnSums[];

  constructor(
    columns: readonly MetadataColumn[],
    private readonly units: number,
  ) {
    this.sums = columns.map((column) => ({
      column,
      middle: column.kind === 'number' ? computeMean(column.values) : 0,
      count: 0,
      y: 0,
      squaredY: 0,
      x: new Float64Array(units),
      squaredX: new Float64Array(units),
      xy: new Float64Array(column.kind === 'number' ? units : 0),
      byText: new Float64Array(column.kind === 'text' ? units * MAX_TEXTS : 0),
      rowsOfText: new Int32Array(MAX_TEXTS),
    }));
  }

  /** Adds the centred responses [units] to one row. */
  add(row: number, centred: Float64Array): void {
    for (const sum of this.sums) {
      if (sum.column.kind === 'number') this.addNumber(sum, sum.column.values[row]!, centred);
      else this.addText(sum, sum.column.codes[row]!, centred);
    }
  }

  /** The relations of one unit, the strongest first. */
  of(unit: number): MetadataRelation[] {
    return this.sums
      .flatMap((sum): MetadataRelation[] => {
        const spread = sum.squaredX[unit]! - sum.x[unit]! ** 2 / sum.count;
        if (!(spread > ROUNDING * sum.squaredX[unit]!)) return [];
        const correlation =
          sum.column.kind === 'number' ? pearson(sum, unit, spread) : ratio(sum, unit, spread);
        return correlation === undefined
          ? []
          : [{ name: sum.column.name, correlation, ratio: sum.column.kind === 'text', count: sum.count }];
      })
      .sort(byStrength);
  }

  private addNumber(sum: ColumnSums, value: number, centred: Float64Array): void {
    if (!Number.isFinite(value)) return;
    const y = value - sum.middle;
    sum.count++;
    sum.y += y;
    sum.squaredY += y * y;
    for (let j = 0; j < this.units; j++) {
      const x = centred[j]!;
      sum.x[j]! += x;
      sum.squaredX[j]! += x * x;
      sum.xy[j]! += x * y;
    }
  }

  private addText(sum: ColumnSums, code: number, centred: Float64Array): void {
    if (code < 0) return;
    sum.count++;
    sum.rowsOfText[code]!++;
    for (let j = 0; j < this.units; j++) {
      const x = centred[j]!;
      sum.x[j]! += x;
      sum.squaredX[j]! += x * x;
      sum.byText[j * MAX_TEXTS + code]! += x;
    }
  }
}

const computeMean = (values: Float64Array): number => {
  const finite = values.filter((value) => Number.isFinite(value));
  return finite.reduce((sum, value) => sum + value / finite.length, 0);
};

function pearson(
  { count, x, y, xy, squaredY }: ColumnSums,
  unit: number,
  spreadX: number,
): number | undefined {
  const spreadY = squaredY - (y * y) / count;
  if (!(spreadY > ROUNDING * squaredY)) return undefined;
  return Math.min(
    1,
    Math.max(-1, (xy[unit]! - (x[unit]! * y) / count) / Math.sqrt(spreadX) / Math.sqrt(spreadY)),
  );
}

function ratio(
  { count, x, byText, rowsOfText }: ColumnSums,
  unit: number,
  spread: number,
): number | undefined {
  const mean = x[unit]! / count;
  let texts = 0;
  let between = 0;
  rowsOfText.forEach((rows, code) => {
    if (rows === 0) return;
    texts++;
    between += rows * (byText[unit * MAX_TEXTS + code]! / rows - mean) ** 2;
  });
  return texts < 2 || count < ROWS_PER_TEXT * texts ? undefined : Math.sqrt(Math.min(1, between / spread));
}
