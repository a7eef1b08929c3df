import type { TableVisual } from '@noema/integration/visuals';
import { type HeatValues, summarised } from './heat-values.js';

/** A map `[time, frequencies]` as the rows of a picture, the highest frequency first. */
export function transposeHeat({ values, dims, peak }: HeatValues): Pick<HeatValues, 'values' | 'peak'> {
  const [times = 1, frequencies = 1] = dims;
  const turned = new Float32Array(values.length);
  values.forEach((value, at) => {
    const [time, frequency] = [Math.floor(at / frequencies), at % frequencies];
    turned[(frequencies - 1 - frequency) * times + time] = value;
  });
  return { values: turned, peak };
}

/** The heat of each position of an input `[positions, features]`: the sum over its features. */
export function sumByPosition(data: HeatValues): HeatValues {
  const [positions = 0, features = 1] = data.dims;
  if (data.dims.length !== 2 || features < 2) return data;
  const sums = new Float32Array(positions);
  data.values.forEach((value, at) => {
    sums[Math.floor(at / features)]! += value;
  });
  return summarised(sums, [positions]);
}

/** Where a heat map lies on a table: the value of its map under each cell, and whether it is by column alone. */
export interface TableHeat {
  readonly data: HeatValues;
  readonly isByColumn: boolean;
  at(row: number, column: number): number;
}

/**
 * Finds the values of a heat map under the cells of a table: by the positions that the rows stand for, or where
 * the map has a value for each column, row or cell. `undefined` for any other map, which has no place in it.
 */
export function findTableHeat(
  { columns, rows, positions }: Omit<TableVisual, 'kind'>,
  data: HeatValues,
): TableHeat | undefined {
  const { length } = data.values;
  if (positions !== undefined) {
    const last = positions.reduce((most, span) => Math.max(most, span?.[1] ?? 0), 0);
    if (last !== length) return undefined;
    const sums = positions.map((span) =>
      span === null ? 0 : data.values.subarray(...span).reduce((sum, value) => sum + value, 0),
    );
    return { data: summarised(Float32Array.from(sums), [sums.length]), isByColumn: false, at: (row) => row };
  }
  if (columns.length === length) return { data, isByColumn: true, at: (_, column) => column };
  if (rows.length === length) return { data, isByColumn: false, at: (row) => row };
  if (rows.length * columns.length === length)
    return { data, isByColumn: false, at: (row, column) => row * columns.length + column };
  return undefined;
}

/** The heat of each frame of an input `[frames, …]`: the sum over everything else. */
export function sumByFrame({ values, dims }: HeatValues): HeatValues {
  const [frames = 1] = dims;
  const size = values.length / frames;
  const sums = new Float32Array(frames);
  values.forEach((value, at) => {
    sums[Math.floor(at / size)]! += value;
  });
  return summarised(sums, [frames]);
}

/**
 * Finds the value of a heat map under a step of a line: `[steps]` for all lines, `[steps, lines]` for each its
 * own. A series that was thinned for its visual has fewer steps than the map. `undefined` for other maps.
 */
export function findSeriesHeat(
  series: Readonly<Record<string, readonly number[]>>,
  { dims, values }: Pick<HeatValues, 'dims' | 'values'>,
): ((line: number, step: number) => number) | undefined {
  const lines = Object.values(series);
  const steps = Math.max(0, ...lines.map(({ length }) => length));
  const [positions = 0, channels = 1] = dims;
  if (dims.length > 2 || steps === 0 || positions < 2 || values.length !== positions * channels)
    return undefined;
  if (channels !== 1 && channels !== lines.length) return undefined;
  return (line, step) => Math.floor((step * positions) / steps) * channels + (channels === 1 ? 0 : line);
}
