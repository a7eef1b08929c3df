import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '@noema/kernel';
import { pixels } from '../../src/fixtures/blobs.integration.js';
import type { StoredData } from '../stored-data.integration.js';

/** A tensor of every sample, row-major. */
export interface Column {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface Truth extends Column {
  /** Names of the classes whose numbers `values` are; null for values. */
  readonly classes: readonly string[] | null;
}

/** A data kind by formula: tensors by name, the same for every run. */
export interface FormulaData {
  readonly inputs: Readonly<Record<string, Column>>;
  readonly truths: Readonly<Record<string, Truth>>;
  readonly task: string;
  readonly loss: string;
  readonly metrics: readonly string[];
}

const ROWS = 160;
const TRAINING = 120;

/** The tensor [ROWS, ...dims] whose values are given by row and place. */
function column(dims: readonly number[], value: (row: number, i: number) => number): Column {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return {
    dims,
    values: Float32Array.from({ length: ROWS * size }, (_, at) => value(Math.floor(at / size), at % size)),
  };
}

const numbers = (seed: number, dims: readonly number[]): Column => {
  const random = seededRandom(seed);
  return column(dims, () => 2 * random() - 1);
};
const classes = (names: readonly string[], of: (row: number) => number): Truth => ({
  ...column([], (row) => of(row)),
  classes: names,
});
const values = (dims: readonly number[], of: (row: number, i: number) => number): Truth => ({
  ...column(dims, of),
  classes: null,
});
const classification = {
  task: 'classification',
  loss: 'categorical_crossentropy',
  metrics: ['accuracy'],
} as const;

/** Clusters around three centres of twelve columns, one of them the same for all. */
function clusters(): Column {
  const noise = numbers(1, [12]);
  return column([12], (row, i) =>
    i === 11 ? 0.5 : Math.sin(1.7 * (row % 3) + i) + 0.6 * noise.values[row * 12 + i]!,
  );
}

/** A bright square of 3 × 3 on noise, and where it is. */
function squares(): { picture: Column; mask: Truth } {
  const noise = numbers(2, [8, 8, 1]);
  const inside = (row: number, i: number): boolean => {
    const [top, left] = [row % 6, (row * 5) % 6];
    const [y, x] = [Math.floor(i / 8), i % 8];
    return y >= top && y < top + 3 && x >= left && x < left + 3;
  };
  return {
    picture: column(
      [8, 8, 1],
      (row, i) => 0.3 + 0.15 * noise.values[row * 64 + i]! + (inside(row, i) ? 0.5 : 0),
    ),
    mask: values([8, 8, 1], (row, i) => Number(inside(row, i))),
  };
}

/** Letters of a vocabulary of 16, padded with 0; half of the letters of a class are its own. */
function letters(): Column {
  const random = seededRandom(3);
  return column([20], (row, i) => {
    const [own, pick] = [random(), random()];
    return i >= 12 + (row % 9)
      ? 0
      : own < 0.5
        ? 1 + 5 * (row % 3) + Math.floor(5 * pick)
        : 1 + Math.floor(15 * pick);
  });
}

/** Every data kind of the fast part; a further one is one more entry. */
export const FORMULA_KINDS: Readonly<Record<string, () => FormulaData>> = {
  blobs: () => ({
    inputs: { image: column([8, 8, 1], (row, i) => pixels(row)[i]!) },
    truths: { place: classes(['left', 'middle', 'right'], (row) => row % 3) },
    ...classification,
  }),
  clusters: () => ({
    inputs: { columns: clusters() },
    truths: { cluster: classes(['a', 'b', 'c'], (row) => row % 3) },
    ...classification,
  }),
  plane: () => {
    const x = numbers(4, [6]);
    return {
      inputs: { columns: x },
      truths: {
        height: values(
          [1],
          (row) =>
            1.5 * x.values[row * 6]! - x.values[row * 6 + 1]! + 0.5 * Math.sin(3 * x.values[row * 6 + 2]!),
        ),
      },
      task: 'regression',
      loss: 'mean_squared_error',
      metrics: ['mean_absolute_error', 'root_mean_squared_error', 'r2_score'],
    };
  },
  letters: () => ({
    inputs: { letters: letters() },
    truths: { topic: classes(['one', 'two', 'three'], (row) => row % 3) },
    ...classification,
  }),
  waves: () => {
    const noise = numbers(5, [24, 2]);
    return {
      inputs: {
        series: column(
          [24, 2],
          (row, i) =>
            Math.sin((0.4 + 0.5 * (row % 2)) * Math.floor(i / 2) + row + (i % 2)) +
            0.3 * noise.values[row * 48 + i]!,
        ),
      },
      truths: { pace: classes(['slow', 'fast'], (row) => row % 2) },
      ...classification,
    };
  },
  squares: () => {
    const { picture, mask } = squares();
    return {
      inputs: { image: picture },
      truths: { mask },
      task: 'per-pixel',
      loss: 'binary_crossentropy',
      metrics: ['pixel_accuracy', 'mean_iou'],
    };
  },
  pairs: () => {
    const [left, right] = [numbers(6, [4]), numbers(7, [3])];
    return {
      inputs: { left, right },
      truths: {
        sign: classes(['below', 'above'], (row) =>
          Number(left.values[row * 4]! + right.values[row * 3]! > 0),
        ),
      },
      ...classification,
    };
  },
  unlabelled: () => ({
    inputs: { columns: clusters() },
    truths: {},
    task: 'unlabelled',
    loss: '',
    metrics: [],
  }),
};

/** Writes a kind as the integration of the zoo reads it. */
export async function storeFormulaData(
  { inputs, truths, ...rest }: FormulaData,
  folder: string,
): Promise<number> {
  await mkdir(folder, { recursive: true });
  for (const [name, { values: data }] of Object.entries({ ...inputs, ...truths }))
    await writeFile(
      join(folder, `${name}.f32`),
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
  const stored: StoredData = {
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, { dims }]) => [name, dims])),
    truths: Object.fromEntries(
      Object.entries(truths).map(([name, { dims, classes }]) => [name, { dims, classes }]),
    ),
    splits:
      Object.keys(truths).length === 0
        ? { unlabeled: ROWS }
        : { training: TRAINING, validation: ROWS - TRAINING },
    source: 'by formula',
    licence: 'of this repository',
    ...rest,
  };
  await writeFile(join(folder, 'data.json'), JSON.stringify(stored));
  return ROWS;
}
