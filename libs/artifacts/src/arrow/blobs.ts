import { Binary, Field, makeData } from 'apache-arrow';
import { DomainError } from '@noema/kernel';
import { readArrow, writeArrow } from './arrow-file.js';

/** One byte string per row (PNG pictures, texts), all of one media type. */
export interface BlobColumn {
  readonly name: string;
  readonly mediaType: string;
  readonly values: readonly Uint8Array[];
}

/**
 * Returns an Arrow IPC file of Binary columns in one record batch. The field's metadata have the media type.
 * Throws `invalid` MATRIX_SHAPE.
 */
export function writeBlobs(columns: readonly BlobColumn[]): Uint8Array {
  const rows = columns[0]?.values.length ?? 0;
  return writeArrow(
    columns.map(({ name, mediaType, values }) => {
      if (values.length !== rows)
        throw new DomainError(
          'invalid',
          'MATRIX_SHAPE',
          `column "${name}" has ${values.length} rows, "${columns[0]!.name}" has ${rows}`,
        );
      const valueOffsets = new Int32Array(rows + 1);
      values.forEach((value, i) => {
        valueOffsets[i + 1] = valueOffsets[i]! + value.length;
      });
      const data = new Uint8Array(valueOffsets[rows]!);
      values.forEach((value, i) => {
        data.set(value, valueOffsets[i]);
      });
      const type = new Binary();
      return {
        field: new Field(name, type, false, new Map([['media_type', mediaType]])),
        data: makeData({ type, length: rows, nullCount: 0, valueOffsets, data }),
      };
    }),
    rows,
  );
}

/**
 * Returns the blobs of a file by column. Every value is a view of `bytes`, not a copy. Throws `data-loss`
 * ARROW_INVALID.
 */
export function readBlobs(bytes: Uint8Array): readonly BlobColumn[] {
  return readArrow(bytes).columns.map(({ field, chunks }) => ({
    name: field.name,
    mediaType: field.metadata.get('media_type') ?? 'application/octet-stream',
    values: chunks.flatMap((chunk) =>
      Array.from({ length: chunk.length }, (_, i) => {
        const offsets = chunk.valueOffsets as Int32Array;
        return (chunk.values as Uint8Array).subarray(offsets[i], offsets[i + 1]);
      }),
    ),
  }));
}
