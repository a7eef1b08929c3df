import type { MetadataType } from '../dataset-version/dataset-version.js';
import type { ShardResponse } from '../runner/runner.protocol.js';
import { toBytes, packBlobs, packTexts } from '../runner/shard.body.js';
import { joinBody } from '../upload/upload-chunk.js';
import type { ObjectSample } from './sample-object.js';

/** A metadata column of objects. */
interface Column {
  readonly name: string;
  readonly type: Extract<MetadataType, 'number' | 'string'>;
  /** Absent without a value. */
  readonly get: (sample: ObjectSample) => string | number | undefined;
}

const COLUMNS: readonly Column[] = [
  { name: 'kind', type: 'string', get: ({ kind }) => (kind === 'truths' ? 'ground truth' : 'predicted') },
  { name: 'class', type: 'string', get: ({ object }) => object.className },
  { name: 'outcome', type: 'string', get: ({ object }) => object.outcome || undefined },
  { name: 'score', type: 'number', get: ({ object }) => object.score },
  { name: 'iou', type: 'number', get: ({ iou }) => iou },
  // The address by which commands name a sample, since ids are unique in their split alone.
  { name: 'picture', type: 'string', get: ({ picture }) => `${picture.split}/${picture.sampleId}` },
  { name: 'x', type: 'number', get: ({ object }) => object.x },
  { name: 'y', type: 'number', get: ({ object }) => object.y },
  { name: 'width', type: 'number', get: ({ object }) => object.width },
  { name: 'height', type: 'number', get: ({ object }) => object.height },
];

/** The rows in the form in which a process of an integration responds, so that the same checks and files follow. */
export function packSamples(
  samples: readonly ObjectSample[],
  {
    numbers,
    crops,
    classes,
  }: {
    /** The input of all rows. */
    readonly numbers: Float32Array;
    /** A picture of each row. */
    readonly crops: readonly Uint8Array[];
    /** Number of classes. */
    readonly classes: number;
  },
): { readonly answer: ShardResponse; readonly body: Buffer } {
  const classIndexes = samples.map(({ kind, object }) => (kind === 'truths' ? object.classIndex : -1));
  const truths = Float32Array.from({ length: samples.length * classes }, (_, i) => {
    const index = classIndexes[Math.floor(i / classes)]!;
    return index < 0 ? NaN : Number(i % classes === index);
  });
  const columns = COLUMNS.map((column) => ({ ...column, values: samples.map(column.get) })).filter(
    ({ values }) => values.some((value) => value !== undefined),
  );
  const labelled = classIndexes.some((index) => index >= 0);
  return {
    answer: { labelled, metadata: columns.map(({ name, type }) => ({ name, type })) },
    body: joinBody([
      toBytes(numbers),
      ...(labelled ? [toBytes(truths)] : []),
      toBytes(Int32Array.from(classIndexes)),
      ...packTexts(samples.map(({ id }) => id)),
      ...columns.flatMap(({ type, values }) =>
        type === 'number'
          ? [toBytes(Float64Array.from(values, (value) => Number(value ?? NaN)))]
          : packTexts(values.map((value) => (value === undefined ? null : String(value)))),
      ),
      ...packBlobs(crops),
    ]),
  };
}
