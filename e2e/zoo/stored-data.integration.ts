import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineIntegration, image, oneHot, tensor } from '@noema/integration';

interface StoredTruth {
  readonly dims: readonly number[];
  readonly classes: readonly string[] | null;
}

/** `data.json` next to the raw float32 files of a data kind, as the referee stores it. */
export interface StoredData {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly truths: Readonly<Record<string, StoredTruth>>;
  /** Rows of each split, in the order of the rows. */
  readonly splits: Readonly<Partial<Record<'training' | 'validation' | 'unlabeled', number>>>;
  readonly task: string;
  readonly loss: string;
  readonly metrics: readonly string[];
  readonly source: string;
  readonly licence: string;
  /** Names of the samples of files; others are named by their rows. */
  readonly ids?: readonly string[];
}

export const readStoredData = (folder: string): StoredData =>
  JSON.parse(readFileSync(join(folder, 'data.json'), 'utf8')) as StoredData;

/** The integration of a stored data kind; its samples are named by their row. */
export function storedIntegration(folder: string) {
  const { inputs, truths, splits } = readStoredData(folder);
  const column = (name: string, dims: readonly number[]) => {
    const bytes = readFileSync(join(folder, `${name}.f32`));
    const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    const size = dims.reduce((product, dim) => product * dim, 1);
    return (row: number): Float32Array => values.slice(row * size, (row + 1) * size);
  };
  let first = 0;
  const parts = Object.entries(splits).map(([split, length]) => {
    const from = first;
    first += length;
    return [
      split,
      { length, ids: Array.from({ length }, (_, i) => `r${from + i}`), data: { first: from } },
    ] as const;
  });
  type Context = { readonly index: number; readonly data: { readonly first: number } };
  const toRow = ({ index, data }: Context): number => data.first + index;
  const tensors = Object.entries(inputs).map(([name, dims]) => {
    const read = column(name, dims);
    return [name, (context: Context) => tensor(read(toRow(context)), [...dims])] as const;
  });
  const targets = Object.entries(truths).map(([name, { dims, classes }]) => {
    const read = column(name, dims);
    return [
      name,
      (context: Context) =>
        classes === null
          ? tensor(read(toRow(context)), [...dims])
          : oneHot(read(toRow(context))[0]!, [...classes]),
    ] as const;
  });
  const pictures = Object.entries(inputs)
    .filter(([, dims]) => dims.length === 3 && [1, 3].includes(dims[2]!))
    .map(([name, dims]) => {
      const read = column(name, dims);
      return [
        name,
        (context: Context) =>
          image(
            tensor(
              read(toRow(context)).map((value) => Math.min(Math.max(value, 0), 1)),
              [...dims],
            ),
          ),
      ] as const;
    });
  const [groundTruth, labelled] = Object.entries(truths).find(([, { classes }]) => classes !== null) ?? [];
  return defineIntegration({
    name: 'stored',
    preprocess: () => Object.fromEntries(parts),
    inputs: Object.fromEntries(tensors),
    groundTruths: Object.fromEntries(targets),
    visualizers: Object.fromEntries(pictures),
    ...(labelled?.classes && { predictions: { groundTruth: groundTruth!, labels: [...labelled.classes] } }),
  });
}
