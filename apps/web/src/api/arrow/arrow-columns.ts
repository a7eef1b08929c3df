import { DomainError } from '@noema/kernel/domain-error';
import type { ArrowField, ArrowSchema, ArrowType } from './arrow-schema.js';
import type { FlatTable } from './flat-table.js';

export type ArrowValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A column of a record batch; its arrays are views of the batch. */
export interface ArrowColumn {
  readonly field: ArrowField;
  readonly length: number;
  /** Bits of the present values, the lowest first; `undefined` when nothing is missing. */
  readonly validity: Uint8Array | undefined;
  /** Numbers, codes, bits of float16, bytes of texts, or the items of all lists one after the other. */
  readonly values: ArrowValues;
  /** Text i is `values` from offsets[i] to offsets[i + 1]; only of texts. */
  readonly offsets: Int32Array | undefined;
}

export interface ArrowBatch {
  readonly length: number;
  readonly columns: readonly ArrowColumn[];
}

const NOTHING = [0, 0] as const;

/**
 * The columns of the message RecordBatch (format/Message.fbs) with its body, whose buffers lie in the order
 * of the fields.
 */
export function readBatch(
  batch: FlatTable,
  body: Uint8Array,
  { fields }: Pick<ArrowSchema, 'fields'>,
): ArrowBatch {
  if (batch.table(3) !== undefined)
    throw new DomainError(
      'unsupported',
      'ARROW_COMPRESSED',
      'the columns are compressed, which the page does not read',
    );
  const nodes = batch.pairs(1)[Symbol.iterator]();
  const buffers = batch.pairs(2)[Symbol.iterator]();
  const buffer = (): Uint8Array => {
    const [offset, length] = buffers.next().value ?? NOTHING;
    if (offset + length > body.length)
      throw new DomainError(
        'data-loss',
        'ARROW_INVALID',
        `a buffer of Arrow ends at byte ${offset + length} of ${body.length}; load it again`,
      );
    return body.subarray(offset, offset + length);
  };
  const read = (field: ArrowField, type: ArrowType): ArrowColumn => {
    const [length, missing] = nodes.next().value ?? NOTHING;
    const bits = buffer();
    const validity = missing === 0 ? undefined : bits;
    if (type.kind === 'list') return { ...read(field, type.item), length, validity };
    const offsets = type.kind === 'text' ? toView(Int32Array, buffer()) : undefined;
    const values = toView(selectArray(type), buffer());
    return {
      field,
      length,
      validity,
      offsets,
      values: type.kind === 'text' ? values : values.subarray(0, Math.max(length, 0)),
    };
  };
  return { length: batch.int64(0), columns: fields.map((field) => read(field, field.type)) };
}

/** Strings of a column of texts. */
export function decodeStrings({ length, offsets, values }: ArrowColumn): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length }, (_, i) =>
    decoder.decode((values as Uint8Array).subarray(offsets![i], offsets![i + 1])),
  );
}

type ArrayOf = (new (
  buffer: ArrayBuffer,
  at: number,
  length: number,
) => ArrowValues) & { readonly BYTES_PER_ELEMENT: number };

function selectArray(type: Exclude<ArrowType, { kind: 'list' }>): ArrayOf {
  if (type.kind === 'text') return Uint8Array;
  if (type.kind === 'float')
    return type.bits === 16 ? Uint16Array : type.bits === 32 ? Float32Array : Float64Array;
  if (type.bits === 8) return type.signed ? Int8Array : Uint8Array;
  if (type.bits === 16) return type.signed ? Int16Array : Uint16Array;
  return type.signed ? Int32Array : Uint32Array;
}

/** A view of the bytes, or of a copy of them where they lie at an address that the type does not allow. */
function toView<T extends ArrowValues>(
  Type: (new (buffer: ArrayBuffer, at: number, length: number) => T) & { readonly BYTES_PER_ELEMENT: number },
  bytes: Uint8Array,
): T {
  const { buffer, byteOffset, byteLength } =
    bytes.byteOffset % Type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new Type(buffer as ArrayBuffer, byteOffset, Math.floor(byteLength / Type.BYTES_PER_ELEMENT));
}
