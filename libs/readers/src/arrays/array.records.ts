import { type NumberArray, SPLIT_NAMES } from '@noema/integration';
import { DomainError } from '@noema/kernel';
import { splitNamed } from '../files/split-names.js';
import type { Cell, Field } from '../records.js';
import { RowRecords } from '../row-records.js';
import type { LoadedArray } from './npy.js';

/** One part of the records: arrays of the same first size, by name. */
export interface ArrayPart {
  /** Split of its records; absent where no name says it. */
  readonly split?: string;
  readonly arrays: ReadonlyMap<string, LoadedArray>;
}

/**
 * Records of arrays. Throws `invalid` ARRAYS_DIFFER where arrays of a part have other first sizes, or parts
 * other arrays.
 */
export function arrayRecords(found: readonly ArrayPart[]): RowRecords {
  const parts = [...found].sort((a, b) => findOrder(a) - findOrder(b));
  const [first] = parts;
  if (first === undefined || first.arrays.size === 0)
    throw new DomainError('invalid', 'ARRAYS_DIFFER', 'there is no array with samples');
  const lengths = parts.map((part) => countSamples(part));
  for (const part of parts)
    for (const [name, { shape }] of part.arrays) {
      const same = first.arrays.get(name);
      if (same === undefined || same.shape.slice(1).join() !== shape.slice(1).join())
        throw new DomainError(
          'invalid',
          'ARRAYS_DIFFER',
          `the array "${name}" of the split "${part.split ?? ''}" has samples of the shape ` +
            `[${shape.slice(1).join(', ')}], and the first split ` +
            (same === undefined ? 'has no such array' : `[${same.shape.slice(1).join(', ')}]`),
        );
    }
  const split = first.split !== undefined;
  const fields: Field[] = [
    ...[...first.arrays].map(([name, array]) => toField(name, array)),
    ...(split ? [{ name: 'split', kind: 'text' as const }] : []),
  ];
  const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b, 0));
  return new RowRecords(
    fields,
    lengths.reduce((a, b) => a + b, 0),
    (index, field): Cell => {
      const at = starts.findLastIndex((start) => start <= index);
      const part = parts[at]!;
      if (split && field === 'split') return part.split!;
      return readCell(part.arrays.get(field)!, index - starts[at]!);
    },
  );
}

/** Place of a part in the order of the splits, which does not depend on the order of files. */
const findOrder = ({ split = '' }: ArrayPart): number => SPLIT_NAMES.indexOf(splitNamed(split) ?? 'training');

function countSamples({ split, arrays }: ArrayPart): number {
  const lengths = new Map([...arrays].map(([name, { shape }]) => [name, shape[0] ?? 1]));
  if (new Set(lengths.values()).size > 1)
    throw new DomainError(
      'invalid',
      'ARRAYS_DIFFER',
      `the arrays${split === undefined ? '' : ` of the split "${split}"`} count other numbers of samples: ` +
        [...lengths].map(([name, length]) => `${name} ${length}`).join(', '),
    );
  return [...lengths.values()][0]!;
}

function toField(name: string, { shape, data, whole }: LoadedArray): Field {
  if (!isColumn(shape)) return { name, kind: 'numbers', whole, shape: shape.slice(1) };
  return isNumbers(data) ? { name, kind: 'number', whole } : { name, kind: 'text' };
}

function readCell({ shape, data }: LoadedArray, index: number): Cell {
  if (isColumn(shape)) return data[index] ?? null;
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  if (!isNumbers(data)) return data.slice(index * size, (index + 1) * size).join(' ');
  return { data: data.subarray(index * size, (index + 1) * size), shape: shape.slice(1) };
}

/** One value for each sample: `[n]`, or `[n, 1]` as Keras stores class numbers. */
const isColumn = (shape: readonly number[]): boolean =>
  shape.length <= 1 || (shape.length === 2 && shape[1] === 1);

const isNumbers = (data: LoadedArray['data']): data is NumberArray => ArrayBuffer.isView(data);
