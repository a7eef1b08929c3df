import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { MAX_MESSAGE_DEPTH } from '@noema/kernel/nesting';
import { tooManyValues } from './request.errors.js';

/**
 * Maximum number of values of a request. Numbers of a packed list do not count. Each other value becomes an
 * object or a string, so that 16 MiB of the shortest ones would take 1.5 GB. Above the 250,000 of free-form
 * JSON that the gateway lets through.
 */
export const MAX_VALUES = 2 ** 18;

const VALUE = 'google.protobuf.Value';

interface Count {
  values: number;
}

const numbered = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

/** The fields of a message by their numbers. */
export function fieldsByNumber(schema: DescMessage): ReadonlyMap<number, DescField> {
  let fields = numbered.get(schema);
  if (fields === undefined) {
    fields = new Map(schema.fields.map((field) => [field.number, field]));
    numbered.set(schema, fields);
  }
  return fields;
}

/** Reads a length and returns where that many bytes end. Throws if that is behind `end`. */
export function readEnd(reader: BinaryReader, end: number): number {
  const stop = reader.uint32() + reader.pos;
  if (stop > end) throw new RangeError('a value ends behind the end of its message');
  return stop;
}

/** Number of values that are counted in one turn of the event loop. */
const VALUES_A_TURN = 16_384;

/**
 * Counts the values of an encoded message before anything is built of them, stops at the first that is too many,
 * and yields every 16,384 values. Throws `invalid` REQUEST_TOO_MANY_VALUES, and an error for bytes that are not a
 * message.
 */
export function requireSize(schema: DescMessage, reader: BinaryReader): Generator<void, void> {
  return countMessage(schema, { reader, end: reader.len, depth: 1 }, { values: 0 });
}

interface Range {
  readonly reader: BinaryReader;
  readonly end: number;
  readonly depth: number;
}

function* countMessage(
  schema: DescMessage,
  { reader, end, depth }: Range,
  count: Count,
): Generator<void, void> {
  if (depth > MAX_MESSAGE_DEPTH) throw new Error(`more than ${MAX_MESSAGE_DEPTH} messages inside each other`);
  const fields = fieldsByNumber(schema);
  // A JSON value counts once, where it stands, not again for its kind.
  let free = schema.typeName === VALUE ? 1 : 0;
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    if (free-- <= 0 && add(count)) yield;
    const field = fields.get(number);
    if (wire !== WireType.LengthDelimited || field === undefined) skip(reader, wire, number);
    else {
      const range = { reader, end: readEnd(reader, end), depth: depth + 1 };
      if (field.fieldKind === 'map') yield* countEntry(field, range, count);
      else if (field.message !== undefined) yield* countMessage(field.message, range, count);
      reader.pos = range.end;
    }
  }
  if (reader.pos !== end) throw new RangeError('a value ends behind the end of its message');
}

function* countEntry(
  { message }: DescField & { readonly fieldKind: 'map' },
  { reader, end, depth }: Range,
  count: Count,
): Generator<void, void> {
  let free = 2; // the key and the value
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    if (free-- <= 0 && add(count)) yield;
    if (wire !== WireType.LengthDelimited) skip(reader, wire, number);
    else {
      const stop = readEnd(reader, end);
      if (number === 2 && message !== undefined)
        yield* countMessage(message, { reader, end: stop, depth }, count);
      reader.pos = stop;
    }
  }
}

/** Returns true where a turn ends. */
function add(count: Count): boolean {
  if (++count.values > MAX_VALUES) throw tooManyValues(MAX_VALUES);
  return count.values % VALUES_A_TURN === 0;
}

/** Groups are not of proto3, and their content would not be counted. */
function skip(reader: BinaryReader, wire: WireType, number: number): void {
  if (wire === WireType.StartGroup) throw new Error(`field ${number} is a group`);
  reader.skip(wire, number);
}
