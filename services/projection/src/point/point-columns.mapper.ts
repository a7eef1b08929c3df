import type { MessageInitShape } from '@bufbuild/protobuf';
import { HALF_MAX, type StreamField, encodeTexts, writeColumnStream } from '@noema/artifacts/arrow';
import {
  PointOrder as PointOrderMessage,
  type StreamPointColumnsResponseSchema,
} from '@noema/contracts/noema/projection/v1/exploration_service';
import type { PointBatches } from './point-batches.js';
import type { NamedColumn } from './point-columns.js';
import type { PointOrder } from './point-order.js';

const ARROW_STREAM = 'application/vnd.apache.arrow.stream';
const COORDINATES = new Set(['x', 'y', 'z']);
/** Whole numbers up to this one are exact in float16. */
const HALF_WHOLE = 2_048;

export const parseOrder = (order: PointOrderMessage): PointOrder =>
  order === PointOrderMessage.SPREAD ? 'spread' : 'row';

/** Points as pieces of one Arrow IPC stream, `size` points a record batch. */
export async function* columnMessages(
  { count, dimensions, order, stride, columns, batches }: PointBatches,
  size: number,
  compact: boolean,
): AsyncGenerator<MessageInitShape<typeof StreamPointColumnsResponseSchema>> {
  const facts = { order, stride, count, dimensions };
  const metadata = new Map(Object.entries(facts).map(([name, fact]) => [`noema.${name}`, String(fact)]));
  const fields = await Promise.all(columns.map((column) => toField(column, compact)));
  for await (const data of writeColumnStream(fields, metadata, batches(size)))
    yield { body: { contentType: ARROW_STREAM, data } };
}

async function toField(column: NamedColumn, compact: boolean): Promise<StreamField> {
  const { name, type } = column;
  switch (type) {
    case 'index':
      return { name, type: 'int32' };
    case 'text':
      return { name, type: 'text' };
    case 'number':
      return {
        name,
        type: compact && !COORDINATES.has(name) && fitsHalf(column.values) ? 'float16' : 'float32',
      };
    case 'code':
      return {
        name,
        type: 'code',
        indexBits: compact ? bitsFor(column.names.length) : 32,
        names: await encodeTexts(column.names),
      };
  }
}

/** The highest code stays free, so that a reader may use it for what is missing. */
const bitsFor = (names: number): 8 | 16 | 32 => (names <= 0xff ? 8 : names <= 0xff_ff ? 16 : 32);

/** True when float16 neither overflows nor changes a whole number. */
function fitsHalf(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > HALF_MAX || (size > HALF_WHOLE && Number.isInteger(size))) return false;
  }
  return true;
}
