import { benjaminiYekutieli } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import type { Explanation } from '../finding/finding.js';
import type { Population } from '../population/population.js';
import { type Association, measureAssociation } from './association.js';
import { binColumns, type BinnedColumn } from './columns.js';
import { drawStrata, sampleSides } from './strata.js';
import { sampleRows } from '../population/sample-rows.js';
import { chooseValue } from './value.js';

export interface ExplainOptions {
  readonly seed?: number;
  /** Rows that are compared, rising, such as the confirming half; default: all. */
  readonly rows?: Int32Array;
  /** Sources that define the membership and explain nothing, such as `metadata site` or `unit conv:3`. */
  readonly without?: readonly string[];
  /** Largest share of false discoveries among the explanations. Default: 0.1. */
  readonly q?: number;
  /** Default: 199. */
  readonly permutations?: number;
}

const MAX_ROWS = 5000;
const MAX_EXPLANATIONS = 8;
/** Units repeat each other; more of them would hide the metadata. */
const MAX_UNITS = 4;
/** A unit that copies a field, such as the ink of a picture, comes after the field. */
const UNIT_WEIGHT = 0.9;

/** Explains memberships of one population; it keeps the bins of the columns. */
export class Explainer {
  private readonly columns: readonly BinnedColumn[];
  private readonly domain: Int32Array;

  constructor(
    private readonly population: Population,
    private readonly options: ExplainOptions = {},
  ) {
    this.domain = options.rows ?? Int32Array.from({ length: population.n }, (_, row) => row);
    const random = seededRandom(options.seed ?? 0, 1);
    this.columns = binColumns(population, sampleRows(this.domain, MAX_ROWS, random));
  }

  /**
   * Returns what goes along with membership, [n] uint8, the strongest first: at most 8 labels, predictions, metadata
   * and units, each conditional on the label, so that not every column that follows the label appears. Tests run on
   * 5,000 rows drawn by the seed, shares count all rows. Empty where members or others are fewer than 10.
   */
  explain(mask: Uint8Array, without: readonly string[] = this.options.without ?? []): Explanation[] {
    const { seed = 0, q = 0.1, permutations = 199 } = this.options;
    const columns = this.columns.filter(({ source, name }) => !without.includes(`${source} ${name}`));
    const sample = sampleSides(mask, this.domain, {
      ...{ maxRows: MAX_ROWS, seed },
      groups: this.population.groups,
    });
    const [withinClass, overall] = [this.population.labels, undefined].map((classes) =>
      drawStrata(sample, mask, classes, { permutations, seed }),
    );
    const associations = columns.map((column): Association => {
      const { strata, rows } = column.source === 'label' ? overall! : withinClass!;
      if (strata.count === 0) return { information: 0, pValue: 1 };
      return measureAssociation(Uint8Array.from(rows, column.findBin), column.bins, strata);
    });
    const rank = (at: number): number =>
      associations[at]!.information * (columns[at]!.source === 'unit' ? UNIT_WEIGHT : 1);
    const qValues = benjaminiYekutieli(associations.map(({ pValue }) => pValue));
    const order = [...columns.keys()]
      .filter((at) => qValues[at]! <= q && associations[at]!.information > 0)
      .sort((a, b) => rank(b) - rank(a) || a - b);
    const explanations: Explanation[] = [];
    let units = 0;
    for (const at of order) {
      if (explanations.length === MAX_EXPLANATIONS) break;
      const column = columns[at]!;
      if (column.source === 'unit' && units === MAX_UNITS) continue;
      const classes = column.source === 'label' ? undefined : this.population.labels;
      const value = chooseValue(column, mask, this.domain, classes);
      if (value === undefined) continue;
      if (column.source === 'unit') units++;
      const { source, name } = column;
      const { information } = associations[at]!;
      explanations.push({ source, name, ...value, information, qValue: qValues[at]! });
    }
    return explanations;
  }
}

/** Explains one membership; for several of one population an `Explainer` is faster. */
export const explainMembers = (
  mask: Uint8Array,
  population: Population,
  options: ExplainOptions = {},
): Explanation[] => new Explainer(population, options).explain(mask);
