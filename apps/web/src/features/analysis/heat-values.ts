import { DomainError } from '@noema/kernel/domain-error';
import { readArrowFile } from '../../api/arrow/arrow-reader.js';

/** The numbers of a heat map, row-major over its dims. */
export interface HeatValues {
  readonly values: Float32Array;
  readonly dims: readonly number[];
  /** Largest size of a value; 0 for a map of zeros. */
  readonly peak: number;
  /** Sum of the positive values, and size of the sum of the negative ones. */
  readonly positive: number;
  readonly negative: number;
}

/**
 * Reads the column `values` of an Arrow IPC file; throws `data-loss` HEAT_MAP_UNREADABLE when its length is
 * not that of the dims.
 */
export function readHeatValues(file: Uint8Array, dims: readonly number[]): HeatValues {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const values = new Float32Array(count);
  let at = 0;
  const { schema, batches } = readArrowFile(file);
  const column = schema.fields.findIndex(({ name }) => name === 'values');
  for (const { columns } of batches) {
    const found = columns[column]?.values ?? [];
    if (at + found.length > count) throw unreadable(at + found.length, dims);
    values.set(found, at);
    at += found.length;
  }
  if (at !== count) throw unreadable(at, dims);
  return summarised(values, dims);
}

/** The numbers with their peak and sums; what is not finite counts as 0. */
export function summarised(values: Float32Array, dims: readonly number[]): HeatValues {
  let peak = 0;
  let positive = 0;
  let negative = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      values[i] = 0;
      continue;
    }
    peak = Math.max(peak, Math.abs(value));
    if (value > 0) positive += value;
    else negative -= value;
  }
  return { values, dims, peak, positive, negative };
}

const unreadable = (length: number, dims: readonly number[]): DomainError =>
  new DomainError(
    'data-loss',
    'HEAT_MAP_UNREADABLE',
    `the heat map has ${length} values, but its shape is [${dims.join(', ')}]; analyze the sample again`,
  );
