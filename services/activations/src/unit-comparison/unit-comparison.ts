/** How differently a unit answers to some rows and to the rest. */
export interface UnitDifference {
  /** Column of the unit in the response matrix. */
  readonly column: number;
  readonly selectedMean: number;
  readonly restMean: number;
  /**
   * Difference of the means in pooled standard deviations; infinite when the means differ and neither side
   * varies.
   */
  readonly effect: number;
}

/** Rounding error of a zero variance, as a share of Σ c². */
const ROUNDING = 1e-12;

/** Sums of one side: rows, and by unit Σ c and Σ c², where c is the response less the shift. */
interface Side {
  rows: number;
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

const createSide = (units: number): Side => ({
  rows: 0,
  sum: new Float64Array(units),
  square: new Float64Array(units),
});

/**
 * Compares the responses of all units to the selected rows with those to the rest, block by block; its memory
 * does not grow with the rows.
 */
export class UnitComparison {
  private readonly selected: Side;
  private readonly rest: Side;

  /** `shift` [units] is near the mean of every unit, so that squares do not cancel. */
  constructor(private readonly shift: Float32Array) {
    this.selected = createSide(shift.length);
    this.rest = createSide(shift.length);
  }

  /** Adds rows [rows, units] float32, row-major. `isSelected` [rows] is 1 for selected rows. */
  add(responses: Float32Array, isSelected: Uint8Array): void {
    const { shift } = this;
    const units = shift.length;
    for (let i = 0, at = 0; i < isSelected.length; i++) {
      const side = isSelected[i] === 1 ? this.selected : this.rest;
      const { sum, square } = side;
      side.rows++;
      for (let j = 0; j < units; j++, at++) {
        const centred = responses[at]! - shift[j]!;
        sum[j]! += centred;
        square[j]! += centred * centred;
      }
    }
  }

  /**
   * Cohen's d (1988) of every unit, the variances pooled by their degrees of freedom; the largest magnitude
   * first, equal ones by column. None without a rest.
   */
  differences(): UnitDifference[] {
    const { selected, rest, shift } = this;
    const freedom = selected.rows + rest.rows - 2;
    if (selected.rows === 0 || rest.rows === 0) return [];
    const all = Array.from(shift, (at, column): UnitDifference => {
      const [a, b] = [selected.sum[column]! / selected.rows, rest.sum[column]! / rest.rows];
      const within =
        selected.square[column]! - selected.rows * a * a + rest.square[column]! - rest.rows * b * b;
      const varies = within > ROUNDING * (selected.square[column]! + rest.square[column]!) && freedom > 0;
      return {
        column,
        selectedMean: at + a,
        restMean: at + b,
        effect: a === b ? 0 : (a - b) / (varies ? Math.sqrt(within / freedom) : 0),
      };
    });
    return all.sort((x, y) => Math.abs(y.effect) - Math.abs(x.effect) || x.column - y.column);
  }
}
