import { readFloat16 } from '@noema/artifacts/arrow';
import { countNumbers } from '../dataset-version/dataset-version.js';
import { packTexts, toBytes, packBlobs } from '../runner/shard.body.js';
import type { ShardResponse } from '../runner/runner.protocol.js';
import { chunkInvalid } from './upload.errors.js';
import type { SentChunk, SentTensor, SentType, UploadManifest } from './upload.js';

const BYTES: Readonly<Record<SentType, number>> = { float32: 4, float16: 2, int32: 4, uint8: 1 };

/** A run of rows of one chunk. */
export interface ChunkRows {
  readonly chunk: SentChunk;
  /** First row inside the chunk. */
  readonly from: number;
  readonly count: number;
}

/**
 * The rows in the form in which a process of an integration answers, so that the same checks and the same
 * files follow. Throws `invalid` UPLOAD_CHUNK_INVALID.
 */
export function packRows(
  manifest: UploadManifest,
  parts: readonly ChunkRows[],
): { readonly answer: ShardResponse; readonly body: Buffer } {
  const rows = parts.reduce((sum, { count }) => sum + count, 0);
  const tensors = (sent: readonly SentTensor[], pick: (chunk: SentChunk) => readonly Uint8Array[]) =>
    sent.map((tensor, i) => {
      const size = countNumbers(tensor);
      const all = new Float32Array(rows * size);
      let at = 0;
      for (const { chunk, from, count } of parts) {
        decode(tensor, pick(chunk)[i]!, from * size, all.subarray(at, at + count * size));
        at += count * size;
      }
      return all;
    });
  const gather = <T>(pick: (chunk: SentChunk) => readonly T[]): T[] =>
    parts.flatMap(({ chunk, from, count }) => pick(chunk).slice(from, from + count));
  const classes = manifest.classNames.length > 0;
  const metadata = manifest.metadataColumns.map(({ type }, i): Uint8Array[] => {
    const isMissing = parts.flatMap(({ chunk, from, count }) => {
      const missing = new Set(chunk.metadata[i]!.missing);
      return Array.from({ length: count }, (_, row) => missing.has(from + row));
    });
    switch (type) {
      case 'number':
        return [toBytes(Float64Array.from(gather((chunk) => chunk.metadata[i]!.numbers)))];
      case 'boolean':
        return [
          Uint8Array.from(
            gather((chunk) => chunk.metadata[i]!.booleans),
            (value, row) => (isMissing[row] ? 2 : Number(value)),
          ),
        ];
      case 'string':
        return packTexts(
          gather((chunk) => chunk.metadata[i]!.texts).map((text, row) => (isMissing[row] ? null : text)),
        );
    }
  });
  const labelled = manifest.groundTruths.length > 0;
  const body = joinBody([
    ...tensors(manifest.inputs, (chunk) => chunk.inputs).map(toBytes),
    ...tensors(manifest.groundTruths, (chunk) => chunk.groundTruths).map(toBytes),
    toBytes(classes ? Int32Array.from(gather((chunk) => chunk.classIndexes)) : new Int32Array(rows).fill(-1)),
    ...packTexts(gather((chunk) => chunk.sampleIds)),
    ...metadata.flat(),
    ...manifest.visualizers.flatMap((_, i) => packBlobs(gather((chunk) => chunk.visuals[i]!.files))),
  ]);
  return {
    answer: { labelled, metadata: manifest.metadataColumns.map(({ name, type }) => ({ name, type })) },
    body,
  };
}

/** Joins the parts of a body, whose numbers are read as views, which start at a multiple of four bytes. */
export function joinBody(parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return body.byteOffset % 4 === 0 ? body : Buffer.from(Uint8Array.from(body).buffer);
}

/** Throws `invalid` UPLOAD_CHUNK_INVALID for a chunk whose parts have not exactly the rows that it should have. */
export function requireShape(
  manifest: UploadManifest,
  index: number,
  rowCount: number,
  chunk: SentChunk,
): void {
  const refuse = (what: string): never => {
    throw chunkInvalid(index, what);
  };
  if (chunk.sampleIds.length !== rowCount)
    refuse(`${chunk.sampleIds.length} sample ids; this chunk has ${rowCount} rows`);
  const tensors = (name: string, wanted: readonly SentTensor[], given: readonly Uint8Array[]): void => {
    if (given.length !== wanted.length)
      refuse(`${given.length} ${name}; the manifest names ${wanted.length}`);
    wanted.forEach(({ name: tensor, type, dims }, i) => {
      const bytes = rowCount * BYTES[type] * countNumbers({ dims });
      if (given[i]!.byteLength !== bytes)
        refuse(
          `${given[i]!.byteLength} bytes of "${tensor}"; ${rowCount} rows of ${type} [${dims.join(', ')}] ` +
            `have ${bytes}`,
        );
    });
  };
  tensors('inputs', manifest.inputs, chunk.inputs);
  tensors('ground truths', manifest.groundTruths, chunk.groundTruths);
  const classRows = manifest.classNames.length > 0 ? rowCount : 0;
  if (chunk.classIndexes.length !== classRows)
    refuse(`${chunk.classIndexes.length} class indexes; it needs ${classRows}`);
  if (chunk.metadata.length !== manifest.metadataColumns.length)
    refuse(
      `${chunk.metadata.length} metadata columns; the manifest names ${manifest.metadataColumns.length}`,
    );
  manifest.metadataColumns.forEach(({ name, type }, i) => {
    const { numbers, texts, booleans, missing } = chunk.metadata[i]!;
    const values = { number: numbers, string: texts, boolean: booleans }[type];
    if (values.length !== rowCount)
      refuse(`${values.length} values of the ${type} column "${name}"; it needs ${rowCount}`);
    if (missing.some((row) => row < 0 || row >= rowCount))
      refuse(`a missing value of "${name}" in a row that it does not have`);
  });
  if (chunk.visuals.length !== manifest.visualizers.length)
    refuse(`${chunk.visuals.length} visualizers; the manifest names ${manifest.visualizers.length}`);
  manifest.visualizers.forEach(({ name }, i) => {
    if (chunk.visuals[i]!.files.length !== rowCount)
      refuse(`${chunk.visuals[i]!.files.length} files of the visualizer "${name}"; it needs ${rowCount}`);
  });
}

/** Writes the numbers from `first` on into `into`, as float32 times the scale. */
function decode({ type, scale }: SentTensor, bytes: Uint8Array, first: number, into: Float32Array): void {
  // A copy, because a view must start at a multiple of its element size.
  const own = Uint8Array.from(bytes.subarray(first * BYTES[type], (first + into.length) * BYTES[type]));
  const numbers = {
    float32: () => new Float32Array(own.buffer),
    float16: () => readFloat16(new Uint16Array(own.buffer)),
    int32: () => new Int32Array(own.buffer),
    uint8: () => own,
  }[type]();
  if (scale === 1) into.set(numbers);
  else for (let i = 0; i < into.length; i++) into[i] = numbers[i]! * scale;
}
