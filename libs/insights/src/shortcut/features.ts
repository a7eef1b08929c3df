import { shorten } from '../finding/numbers.js';
import type { Inputs, MetadataColumn, Population } from '../population/population.js';
import { countOutputs } from '../units/output-layers.js';
import type { Feature } from './feature.js';

/** A value of a category needs this number of rows to be a feature. */
const MIN_OF_VALUE = 20;
const MAX_VALUES = 50;
const MAX_CELLS = 1024;
/** Rows whose inputs are read at once, in numbers. */
const READ_NUMBERS = 2 ** 22;

const formatSide = (threshold: number, isAbove: boolean): string =>
  `${isAbove ? 'above' : 'at most'} ${shorten(threshold)}`;

/** Numbers of a column, and each frequent value of a category as 0 or 1. */
export function readMetadata(columns: readonly MetadataColumn[], rows: Int32Array): Feature[] {
  return columns.flatMap((column): Feature[] => {
    const { name } = column;
    if (column.type === 'number') {
      return [
        {
          source: 'metadata',
          name,
          values: Float64Array.from(rows, (row) => column.values[row]!),
          describe: (threshold, isAbove) => `${name} ${formatSide(threshold, isAbove)}`,
        },
      ];
    }
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(column.codes[row]!, (counts.get(column.codes[row]!) ?? 0) + 1);
    const frequent = [...counts].filter(([code, count]) => code >= 0 && count >= MIN_OF_VALUE);
    frequent.sort(([a, m], [b, k]) => k - m || a - b);
    return frequent.slice(0, MAX_VALUES).map(([code]) => {
      const value = column.categories[code]!;
      return {
        source: 'metadata',
        name,
        values: Float64Array.from(rows, (row) =>
          column.codes[row]! < 0 ? NaN : Number(column.codes[row] === code),
        ),
        describe: (_, isAbove) => `${name} is ${isAbove ? '' : 'not '}"${value}"`,
      };
    });
  });
}

/** Responses of all units that are not outputs. */
export function readUnits({ n, units, classNames }: Population, rows: Int32Array): Feature[] {
  const layers = units?.layers ?? [];
  const hidden = layers.slice(0, layers.length - countOutputs(layers, classNames.length));
  let first = 0;
  return hidden.flatMap(({ name: layer, units: count }) =>
    Array.from({ length: count }, (_, unit): Feature => {
      const column = first++ * n;
      const name = `${layer}:${unit}`;
      return {
        source: 'unit',
        name,
        values: Float32Array.from(rows, (row) => units!.values[column + row]!),
        describe: (threshold, isAbove) => `unit ${name} ${formatSide(threshold, isAbove)}`,
      };
    }),
  );
}

/** Columns of a table, and means over at most 1,024 cells of a picture or a series. Tokens are not compared. */
export async function readInputs(inputs: Inputs, rows: Int32Array, signal?: AbortSignal): Promise<Feature[]> {
  const grid = layCells(inputs);
  if (grid === undefined) return [];
  const { cellByNumber, cells, size, describe } = grid;
  const counts = new Float64Array(cells);
  for (const cell of cellByNumber) counts[cell]!++;
  const values = Array.from({ length: cells }, () => new Float32Array(rows.length));
  const batch = Math.max(1, Math.floor(READ_NUMBERS / size));
  for (let from = 0; from < rows.length; from += batch) {
    signal?.throwIfAborted();
    const numbers = await inputs.read(rows.subarray(from, from + batch));
    const sums = new Float64Array(cells);
    for (let at = 0; at * size < numbers.length; at++) {
      sums.fill(0);
      for (let i = 0; i < size; i++) sums[cellByNumber[i]!]! += numbers[at * size + i]!;
      for (let cell = 0; cell < cells; cell++) values[cell]![from + at] = sums[cell]! / counts[cell]!;
    }
  }
  return values.map((column, cell) => ({
    source: 'input',
    name: describe(cell),
    values: column,
    describe: (threshold, isAbove) => `${describe(cell)} ${formatSide(threshold, isAbove)}`,
  }));
}

interface Grid {
  readonly size: number;
  readonly cells: number;
  /** Cell of each number of an input. */
  readonly cellByNumber: Int32Array;
  readonly describe: (cell: number) => string;
}

function layCells({ kind, shape }: Inputs): Grid | undefined {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const [first = 1, second = 1, channels = 1] = shape;
  switch (kind) {
    case 'text':
      return undefined;
    case 'table':
      if (size > MAX_CELLS) return undefined;
      return {
        size,
        cells: size,
        cellByNumber: Int32Array.from({ length: size }, (_, i) => i),
        describe: (cell) => `column ${cell + 1} of the input`,
      };
    case 'series': {
      const step = Math.ceil((first * second) / MAX_CELLS);
      return {
        size,
        cells: Math.ceil(first / step) * second,
        cellByNumber: Int32Array.from(
          { length: size },
          (_, i) => Math.floor(Math.floor(i / second) / step) * second + (i % second),
        ),
        describe: (cell) => {
          const from = Math.floor(cell / second) * step;
          const series = second > 1 ? ` of series ${(cell % second) + 1}` : '';
          return `input at steps ${formatSpan(from, Math.min(first, from + step))}${series}`;
        },
      };
    }
    case 'image': {
      const side = Math.ceil(Math.sqrt((first * second * channels) / MAX_CELLS));
      const across = Math.ceil(second / side);
      return {
        size,
        cells: Math.ceil(first / side) * across * channels,
        cellByNumber: Int32Array.from({ length: size }, (_, i) => {
          const pixel = Math.floor(i / channels);
          const [y, x] = [Math.floor(pixel / second / side), Math.floor((pixel % second) / side)];
          return (y * across + x) * channels + (i % channels);
        }),
        describe: (cell) => {
          const at = Math.floor(cell / channels);
          const [y, x] = [Math.floor(at / across) * side, (at % across) * side];
          const channel = channels > 1 ? ` of channel ${(cell % channels) + 1}` : '';
          return (
            `input in rows ${formatSpan(y, Math.min(first, y + side))} and columns ` +
            `${formatSpan(x, Math.min(second, x + side))}${channel}`
          );
        },
      };
    }
  }
}

/** Counts from 1: `1–2`, or `3` for a span of one. */
const formatSpan = (from: number, end: number): string =>
  end - from === 1 ? String(end) : `${from + 1}–${end}`;
