import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type PointChunkSchema,
  type PointColumnSchema,
  PointColumnType,
} from '@noema/contracts/noema/projection/v1/point';
import type { CodeColumn, NamedColumn, NumberColumn } from './point-columns.js';
import type { Chunk } from './point.service.js';

const toBytes = (values: Float32Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();

export function chunkMessage({
  from,
  to,
  axes,
  clusters,
  trust,
  columns,
}: Chunk): MessageInitShape<typeof PointChunkSchema> {
  const axis = (at: number): Uint8Array => toBytes(axes[at]?.subarray(from, to) ?? new Float32Array());
  return {
    firstRow: from,
    pointCount: to - from,
    x: axis(0),
    y: axis(1),
    z: axis(2),
    clusters: toBytes(clusters.subarray(from, to)),
    trust: toBytes(trust.subarray(from, to)),
    columns: columns.map((column) => columnMessage(column, from, to)),
  };
}

function columnMessage(
  column: NamedColumn<NumberColumn | CodeColumn>,
  from: number,
  to: number,
): MessageInitShape<typeof PointColumnSchema> {
  if (column.type === 'code')
    return {
      name: column.name,
      type: PointColumnType.CODE,
      values: toBytes(column.values.subarray(from, to)),
      names: [...column.names],
    };
  const values = column.values.slice(from, to);
  const missing = Uint8Array.from(values, (value) => (Number.isFinite(value) ? 0 : 1));
  // A value that does not exist is flagged; no NaN ever leaves.
  return {
    name: column.name,
    type: PointColumnType.NUMBER,
    values: toBytes(values.map((value) => (Number.isFinite(value) ? value : 0))),
    missing: missing.includes(1) ? missing : new Uint8Array(),
  };
}
