import { Filter } from '@noema/kernel/filter';
import { knownAliases } from '@noema/kernel/filter-language';
import { LruCache } from '@noema/kernel/lru-cache';
import type { MarkChart, ScatterChart } from '../grammar/document.js';
import type { Axis } from '../grammar/expression.js';
import type { Interval } from '../statistics/interval.js';
import {
  fieldReader,
  filterFields,
  findColumn,
  type Frame,
  type NumericField,
  numericField,
} from './frame.js';
import { aggregateGroups, type GroupQuery } from './group.js';
import { findHistogramLevels, findLevels, type Level, type Levels, readNumbers } from './levels.js';
import { sampleRows } from './sample-rows.js';

const DIMENSIONS = ['facet', 'color', 'y', 'x'] as const;

/** A bar, a point or a cell: the samples of one group of one version. */
export interface ChartCell extends Readonly<Partial<Record<(typeof DIMENSIONS)[number], Level>>> {
  readonly version: string;
  /** Number of samples. */
  readonly n: number;
  readonly value: number;
  readonly interval: Interval | undefined;
}

/** The samples of a scatter. */
export interface ScatterCells {
  /** A cell for each sample that is drawn, with n = 1. */
  readonly cells: readonly ChartCell[];
  /** The row of each cell, in rising order. */
  readonly rows: Uint32Array;
  /** Samples that meet the filters and have both numbers and the groups. */
  readonly total: number;
  /** Samples that meet the filters and lack a finite number or a group. */
  readonly without: number;
}

/** Samples that a scatter draws at most. */
export const MAX_POINTS = 2_000;

/** Masks and groups of a frame that are stored. */
const CACHE_ENTRIES = 32;

/**
 * Charts over the rows of one frame. Masks of filters and groups of fields are computed once, so that the charts of
 * a dashboard share them.
 */
export class ChartQueries {
  private readonly levels = new LruCache<Levels>(CACHE_ENTRIES);
  private readonly selections = new LruCache<Uint32Array>(CACHE_ENTRIES);
  private readonly fields = new LruCache<NumericField>(CACHE_ENTRIES);
  private readonly masks = new LruCache<Uint8Array>(CACHE_ENTRIES);

  constructor(readonly frame: Frame) {}

  /**
   * Returns the cells of a chart over the rows that meet all filters. Throws `invalid` FILTER_INVALID,
   * FIELD_UNKNOWN, FIELD_NOT_NUMERIC, TOO_MANY_GROUPS.
   */
  async cells(chart: MarkChart, filters: readonly string[] = []): Promise<ChartCell[]> {
    const rows = await this.rows([chart.where, ...filters]);
    const names = DIMENSIONS.filter((name) => chart[name] !== undefined);
    const fields = await Promise.all(
      names.map((name) => this.levelsOn(chart[name]!, name === 'x' && chart.mark === 'histogram')),
    );
    const groups = aggregateGroups({
      rows,
      fields,
      aggregate: chart.value,
      ...(await this.numbers(chart.value.field)),
      confidence: chart.interval / 100,
    });
    return groups.map(({ levels, ...number }) => ({
      version: this.frame.version,
      ...Object.fromEntries(
        names.map((name, i) => [name, { ...fields[i]!.levels[levels[i]!]!, at: levels[i]! }]),
      ),
      ...number,
    }));
  }

  /**
   * Returns the samples of a scatter that meet all filters, at most `MAX_POINTS`: a random sample by the seed of the
   * chart. Throws `invalid` FILTER_INVALID, FIELD_UNKNOWN, FIELD_NOT_NUMERIC, TOO_MANY_GROUPS.
   */
  async points(chart: ScatterChart, filters: readonly string[] = []): Promise<ScatterCells> {
    const [xs, ys] = [chart.x, chart.y].map(({ field }) =>
      readNumbers(
        findColumn(this.frame, field),
        field,
        'has no position in a scatter; write bar or heatmap instead',
      ),
    ) as [Float32Array | Float64Array, Float32Array | Float64Array];
    const rows = await this.rows([chart.where, ...filters]);
    const names = (['facet', 'color'] as const).filter((name) => chart[name] !== undefined);
    const fields = await Promise.all(names.map((name) => this.levelsOn(chart[name]!, false)));
    const known = rows.filter(
      (row) =>
        Number.isFinite(xs[row]!) &&
        Number.isFinite(ys[row]!) &&
        fields.every(({ codes }) => codes[row]! >= 0),
    );
    const at = (value: number): Level => ({ name: String(value), low: value, high: value });
    const drawn = sampleRows(known, MAX_POINTS, chart.seed);
    const cells = Array.from(drawn, (row): ChartCell => {
      const [x, y] = [xs[row]!, ys[row]!];
      const groups = names.map((name, i) => {
        const level = fields[i]!.codes[row]!;
        return [name, { ...fields[i]!.levels[level]!, at: level }] as const;
      });
      return {
        version: this.frame.version,
        ...Object.fromEntries(groups),
        ...{ x: at(x), y: at(y), n: 1, value: y, interval: undefined },
      };
    });
    return { cells, rows: drawn, total: known.length, without: rows.length - known.length };
  }

  /** Returns the rows that meet all filters, in rising order. */
  async rows(filters: readonly string[]): Promise<Uint32Array> {
    const texts = [...new Set(filters)].filter((text) => text.trim() !== '').sort();
    return this.selections.get(JSON.stringify(texts), async () => {
      const masks = await Promise.all(texts.map((text) => this.getMask(text)));
      return matchingRows(this.frame.rows, masks);
    });
  }

  private getMask(text: string): Promise<Uint8Array> {
    return this.masks.get(text, async () => {
      const fields = filterFields(this.frame);
      const filter = Filter.of(text, fields, knownAliases(fields));
      return filter.rows(this.frame.rows, (name) => fieldReader(findColumn(this.frame, name)));
    });
  }

  private async numbers(field: string | undefined): Promise<Pick<GroupQuery, 'values' | 'isBoolean'>> {
    if (field === undefined) return { values: undefined, isBoolean: false };
    return this.fields.get(field, async () => numericField(this.frame, field));
  }

  private levelsOn(axis: Axis, isHistogram: boolean): Promise<Levels> {
    return this.levels.get(`${axis.field}@${axis.bins ?? ''}${isHistogram ? ' equal' : ''}`, async () =>
      (isHistogram ? findHistogramLevels : findLevels)(this.frame, axis),
    );
  }
}

function matchingRows(rows: number, masks: readonly Uint8Array[]): Uint32Array {
  const found = new Uint32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    let matches = 1;
    for (let i = 0; i < masks.length; i++) matches &= masks[i]![row]!;
    if (matches === 1) found[count++] = row;
  }
  return found.slice(0, count);
}
