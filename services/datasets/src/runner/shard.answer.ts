import { isAscii } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { packed, writeBlobs, writeMatrix } from '@noema/artifacts/arrow';
import { countNumbers, type TensorSpec } from '../dataset-version/dataset-version.js';
import type { EncodedShard, PopulationPlan, MetadataCells, ShardSamples } from '../ingestion/ingestion.js';
import { answerInvalid } from './frame.js';
import type { ShardResponse } from './runner.protocol.js';
import { BodyReader } from './shard.body.js';
import { visualCheck } from './visual.checks.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const BAD_ID = /[\p{Cc}\p{Cs}]|^\.\.?$/u;
const MAX_TEXT = 65_536;
const BREATH_BYTES = 2 ** 24;
const PIECE_BYTES = 2 ** 16;

/** The error for what is wrong; `what` completes "it has …". */
export type Refuse = (what: string) => Error;
type Rows = { readonly firstRow: number; readonly rowCount: number };

/**
 * The shard in the bytes that a process of user code sent: everything that the SDK promises is checked again,
 * digest and files are made here. Throws `invalid` INTEGRATION_ANSWER_INVALID.
 */
export async function readShard(
  answer: ShardResponse,
  body: Buffer,
  plan: PopulationPlan,
  rows: Rows,
  refuse: Refuse = answerInvalid,
): Promise<EncodedShard> {
  const { rowCount } = rows;
  const reader = new BodyReader(body, refuse);
  const splits = Array.from(
    { length: rowCount },
    (_, i) => plan.splits.findLast((s) => s.firstRow <= rows.firstRow + i)!.split,
  );
  const inputs = plan.inputs.map((spec) => readMatrix(spec, reader, rowCount));
  const truths = answer.labelled ? plan.groundTruths.map((spec) => readMatrix(spec, reader, rowCount)) : [];
  for (const { data, name } of inputs) await finite(data, name, refuse);
  for (const { data, name } of truths) await truthful(data, name, splits, refuse);
  const classIndexes = Array.from(reader.int32(rowCount));
  if (classIndexes.some((index) => index < -1 || index >= plan.classNames.length))
    throw refuse('a class index out of range');
  const sampleIds = texts(reader, rowCount, refuse).map((id) => id ?? '');
  requireIds(sampleIds, splits, refuse);
  const metadata = answer.metadata.map(
    ({ name, type }): MetadataCells => ({
      name,
      type: type ?? undefined,
      values: cells(type, reader, rowCount, refuse),
    }),
  );
  const visuals = plan.visualizers.map(({ mediaType }) =>
    reader.blobs(rowCount).map(visualCheck(mediaType, refuse)),
  );
  reader.end();
  const samples: ShardSamples = { splits, sampleIds, classIndexes, metadata };
  return {
    samples,
    digest: await computeDigest(
      rowCount,
      samples,
      [...inputs, ...(answer.labelled ? truths : plan.groundTruths.map((spec) => absent(spec, rowCount)))],
      visuals,
    ),
    inputs: writeMatrix(inputs.map(packed)),
    groundTruths: truths.length > 0 ? writeMatrix(truths) : undefined,
    visuals:
      visuals.length === 0
        ? undefined
        : writeBlobs(
            plan.visualizers.map(({ name, mediaType }, i) => ({ name, mediaType, values: visuals[i]! })),
          ),
  };
}

type Matrix = {
  readonly name: string;
  readonly rows: number;
  readonly dims: readonly number[];
  readonly data: Float32Array;
};
const readMatrix = ({ name, dims }: TensorSpec, reader: BodyReader, rows: number): Matrix => ({
  name,
  dims,
  rows,
  data: reader.float32(rows * countNumbers({ dims })),
});
const absent = ({ name, dims }: TensorSpec, rows: number): Matrix => ({
  name,
  dims,
  rows,
  data: new Float32Array(rows * countNumbers({ dims })).fill(NaN),
});

async function finite(data: Float32Array, name: string, refuse: Refuse): Promise<void> {
  for (let at = 0; at < data.length; at += BREATH_BYTES / 4) {
    if (!data.subarray(at, at + BREATH_BYTES / 4).every(Number.isFinite))
      throw refuse(`a number of "${name}" that is not finite`);
    await setImmediate();
  }
}

/** Ground truth is finite in every row, and NaN in the rows without any. */
async function truthful(
  data: Float32Array,
  name: string,
  splits: readonly string[],
  refuse: Refuse,
): Promise<void> {
  const size = data.length / splits.length;
  for (const [from, to] of listRanges(splits)) {
    const isTrue = splits[from] === 'unlabeled' ? Number.isNaN : Number.isFinite;
    for (let at = from * size; at < to * size; at += BREATH_BYTES / 4) {
      if (!data.subarray(at, Math.min(to * size, at + BREATH_BYTES / 4)).every(isTrue))
        throw refuse(`a number of "${name}" that is not finite`);
      await setImmediate();
    }
  }
}

/** The ranges of rows that are in one split. */
function* listRanges(splits: readonly string[]): Generator<readonly [from: number, to: number]> {
  for (let from = 0, to = 0; from < splits.length; from = to) {
    while (to < splits.length && splits[to] === splits[from]) to++;
    yield [from, to];
  }
}

function requireIds(ids: readonly string[], splits: readonly string[], refuse: Refuse): void {
  if (ids.some((id) => id === '' || id.length > 256 || BAD_ID.test(id))) throw refuse('an invalid sample id');
  for (const [from, to] of listRanges(splits))
    if (new Set(from === 0 && to === ids.length ? ids : ids.slice(from, to)).size !== to - from)
      throw refuse('the same sample id twice');
}

function cells(
  type: 'number' | 'string' | 'boolean' | null,
  reader: BodyReader,
  rows: number,
  refuse: Refuse,
): (string | number | boolean | null)[] {
  switch (type) {
    case 'number':
      return Array.from(reader.float64(rows), (value) => {
        if (Math.abs(value) === Infinity) throw refuse('a metadata number that is not finite');
        return Number.isNaN(value) ? null : value;
      });
    case 'boolean':
      return Array.from(reader.bytes(rows), (value) => {
        if (value > 2) throw refuse('a value that is not a boolean');
        return value === 2 ? null : value === 1;
      });
    case 'string':
      return texts(reader, rows, refuse).map((value) => {
        if (value !== null && (value.length > MAX_TEXT || value.includes('\0')))
          throw refuse('a metadata text that is too long or holds NUL');
        return value;
      });
    case null:
      return Array.from({ length: rows }, () => null);
  }
}

function texts(reader: BodyReader, rows: number, refuse: Refuse): (string | null)[] {
  const blobs = reader.blobs(rows);
  try {
    return decodeAscii(blobs) ?? blobs.map((blob) => (blob === null ? null : decoder.decode(blob)));
  } catch (error) {
    throw error instanceof TypeError ? refuse('a text that is not UTF-8') : error;
  }
}

/** Texts of ASCII, which is most of them, decoded together; `undefined` where one has other characters. */
function decodeAscii(blobs: readonly (Buffer | null)[]): (string | null)[] | undefined {
  const first = blobs.find((blob) => blob !== null);
  if (first === undefined) return blobs.map(() => null);
  const bytes = blobs.reduce((sum, blob) => sum + (blob?.length ?? 0), 0);
  // blobs of a body follow one another
  const all = Buffer.from(first.buffer, first.byteOffset, bytes);
  if (!isAscii(all)) return undefined;
  const text = all.toString('latin1');
  let at = 0;
  return blobs.map((blob) => (blob === null ? null : text.slice(at, (at += blob.length))));
}

/**
 * Over the content and not the files, so that a new version of a file format does not make another dataset.
 */
async function computeDigest(
  rowCount: number,
  samples: ShardSamples,
  matrices: readonly Matrix[],
  visuals: readonly (readonly Uint8Array[])[],
): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([rowCount, samples]));
  for (const { name, data } of matrices) {
    hash.update(`\0${name}\0`);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at < bytes.length; at += BREATH_BYTES) {
      hash.update(bytes.subarray(at, at + BREATH_BYTES));
      await setImmediate();
    }
  }
  for (const blobs of visuals) hashBlobs(hash, blobs);
  return hash.digest('hex');
}

/** Adds `NUL length NUL bytes` of each; small ones are hashed together, since a call costs more than they do. */
function hashBlobs(hash: Hash, blobs: readonly Uint8Array[]): void {
  const pieces = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  const flush = (): void => {
    hash.update(pieces.subarray(0, filled));
    filled = 0;
  };
  for (const blob of blobs) {
    const head = `\0${blob.length}\0`;
    if (filled + head.length + blob.length > PIECE_BYTES) flush();
    filled += pieces.write(head, filled, 'latin1');
    if (blob.length > PIECE_BYTES / 2) {
      flush();
      hash.update(blob);
    } else {
      pieces.set(blob, filled);
      filled += blob.length;
    }
  }
  flush();
}
