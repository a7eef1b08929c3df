import {
  create,
  type DescField,
  type DescMessage,
  fromBinary,
  type JsonObject,
  type Message,
  mergeFromBinary,
  ScalarType,
} from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { DomainError } from '@noema/kernel';
import { requestUnreadable } from './request.errors.js';
import { fieldsByNumber, readEnd, requireSize } from './request.size.js';
import { runInSlices } from './slices.js';
import { StructDecoder } from './struct.decoding.js';

/** Bytes that are decoded in one turn of the event loop: a few thousand values, a few milliseconds. */
const SLICE_BYTES = 16 << 10;
const STRUCT = 'google.protobuf.Struct';

/**
 * Decodes a request. Other calls have their turn on the event loop after every 16 KiB, and nothing is built of a
 * request with too many values. Throws `invalid` REQUEST_UNREADABLE, REQUEST_TOO_MANY_VALUES.
 */
export async function decodeRequest(schema: DescMessage, bytes: Uint8Array): Promise<Message> {
  try {
    await runInSlices(requireSize(schema, new BinaryReader(bytes)));
    if (bytes.length <= SLICE_BYTES) return fromBinary(schema, bytes);
    return await runInSlices(decodeInSlices(schema, bytes));
  } catch (error) {
    throw error instanceof DomainError ? error : requestUnreadable(schema.typeName, error);
  }
}

/** Decodes a message as `fromBinary` does, and yields after every slice. */
export function* decodeInSlices(schema: DescMessage, bytes: Uint8Array): Generator<void, Message> {
  const message = create(schema);
  yield* merge(schema, message, bytes);
  return message;
}

/** Merging the parts of an encoded message in turn gives the same message as merging it whole. */
function* merge(schema: DescMessage, message: Message, bytes: Uint8Array): Generator<void, void> {
  const reader = new BinaryReader(bytes);
  const fields = fieldsByNumber(schema);
  let merged = 0;
  function* mergeUpTo(end: number): Generator<void, void> {
    if (end === merged) return;
    mergeFromBinary(schema, message, bytes.subarray(merged, end));
    merged = end;
    yield;
  }
  while (reader.pos < bytes.length) {
    const start = reader.pos;
    const [number, wire] = reader.tag();
    const field = fields.get(number);
    const isLarge = wire === WireType.LengthDelimited && isDivisible(field);
    const content = isLarge ? readEnd(reader, bytes.length) : undefined;
    if (content === undefined) reader.skip(wire, number);
    else {
      const body = bytes.subarray(reader.pos, content);
      reader.pos = content;
      // A Struct is always read here: protobuf-es converts all of it for each part that is merged.
      if (body.length > SLICE_BYTES || field!.message?.typeName === STRUCT) {
        yield* mergeUpTo(start);
        yield* mergeField(schema, message, { field: field!, body });
        merged = content;
      }
    }
    if (reader.pos - merged >= SLICE_BYTES) yield* mergeUpTo(reader.pos);
  }
  yield* mergeUpTo(bytes.length);
}

interface LargeField {
  readonly field: DescField;
  readonly body: Uint8Array;
}

type Fields = Record<string, unknown>;

function* mergeField(
  schema: DescMessage,
  message: Message,
  { field, body }: LargeField,
): Generator<void, void> {
  const target = message as unknown as Fields;
  const { localName, number } = field;
  if (field.message === undefined) {
    for (const part of packedParts(field, body))
      yield mergeFromBinary(schema, message, frame(number, part)) && undefined;
    return;
  }
  if (field.fieldKind === 'list') {
    const element = create(field.message);
    yield* merge(field.message, element, body);
    (target[localName] as Message[]).push(element);
    return;
  }
  const before = field.oneof === undefined ? target[localName] : chosen(target, field);
  let value: unknown;
  if (field.message.typeName === STRUCT)
    value = yield* new StructDecoder(new BinaryReader(body)).readObject(
      (before as JsonObject | undefined) ?? {},
      body.length,
    );
  else {
    value = before ?? create(field.message);
    yield* merge(field.message, value as Message, body);
  }
  if (field.oneof === undefined) target[localName] = value;
  else target[field.oneof.localName] = { case: localName, value };
}

/** The value of a oneof, if it is this field. */
function chosen(target: Fields, { oneof, localName }: DescField): unknown {
  const { case: name, value } = target[oneof!.localName] as {
    readonly case?: string;
    readonly value?: unknown;
  };
  return name === localName ? value : undefined;
}

/** Messages and packed numbers have parts; other well-known types than Struct have a form of their own. */
function isDivisible(field: DescField | undefined): boolean {
  if (field === undefined || field.fieldKind === 'map') return false;
  if (field.message !== undefined)
    return field.message.typeName === STRUCT
      ? field.fieldKind === 'message'
      : !field.message.typeName.startsWith('google.protobuf.');
  return (
    field.fieldKind === 'list' && field.scalar !== ScalarType.STRING && field.scalar !== ScalarType.BYTES
  );
}

const WIDTHS: Partial<Record<ScalarType, number>> = {
  [ScalarType.FLOAT]: 4,
  [ScalarType.FIXED32]: 4,
  [ScalarType.SFIXED32]: 4,
  [ScalarType.DOUBLE]: 8,
  [ScalarType.FIXED64]: 8,
  [ScalarType.SFIXED64]: 8,
};

/** Cuts packed numbers between two of them. The slice is a multiple of both widths. */
function* packedParts(field: DescField, body: Uint8Array): Generator<Uint8Array> {
  const isFixed = field.fieldKind === 'list' && field.scalar !== undefined && field.scalar in WIDTHS;
  for (let start = 0; start < body.length; ) {
    let end = Math.min(start + SLICE_BYTES, body.length);
    // The last byte of a varint is below 128.
    if (!isFixed) while (end < body.length && body[end - 1]! >= 0x80) end++;
    yield body.subarray(start, end);
    start = end;
  }
}

const frame = (number: number, part: Uint8Array): Uint8Array =>
  new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(part).finish();
