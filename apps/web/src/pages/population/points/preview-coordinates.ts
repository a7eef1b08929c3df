import { DomainError } from '@noema/kernel/domain-error';
import { readArrowFile } from '../../../api/arrow/arrow-reader.js';
import type { Coordinates } from './preview-dots.js';

/**
 * Reads the column `coordinates` [n, dimensions] of an Arrow IPC file, by row; throws `data-loss`
 * PREVIEW_UNREADABLE when there are not as many as the map has points.
 */
export function readCoordinates(file: Uint8Array, count: number, dimensions: 2 | 3): Coordinates {
  const { schema, batches } = readArrowFile(file);
  const column = schema.fields.findIndex(({ name }) => name === 'coordinates');
  const axes = Array.from({ length: dimensions }, () => new Float32Array(count));
  let rows = 0;
  for (const { columns } of batches) {
    const values = columns[column]?.values ?? [];
    const length = values.length / dimensions;
    if (rows + length > count || !Number.isInteger(length)) throw unreadable(rows + length, count);
    for (let i = 0; i < length; i++)
      for (let d = 0; d < dimensions; d++) axes[d]![rows + i] = values[i * dimensions + d]!;
    rows += length;
  }
  if (rows !== count) throw unreadable(rows, count);
  const [x, y, z] = axes as [Float32Array, Float32Array, Float32Array?];
  return z === undefined ? { x, y } : { x, y, z };
}

const unreadable = (rows: number, count: number): DomainError =>
  new DomainError(
    'data-loss',
    'PREVIEW_UNREADABLE',
    `the preview has ${rows} rows where the map has ${count} points; wait for the next one`,
  );
