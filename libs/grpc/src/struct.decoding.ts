import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { type BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { readEnd } from './request.size.js';

/** Number of JSON values that are decoded in one turn of the event loop. */
const VALUES_A_TURN = 1024;

const LIST_VALUES = 1;
const KIND = { null: 1, number: 2, string: 3, boolean: 4, object: 5, array: 6 } as const;

/**
 * Decodes a `google.protobuf.Struct` directly to JSON and yields every 1024 values. protobuf-es builds three
 * messages for each value first, which takes ten times as long.
 */
export class StructDecoder {
  private left = VALUES_A_TURN;

  constructor(private readonly reader: BinaryReader) {}

  /** Adds the members up to `end` to an object, as later members of the same message merge. */
  *readObject(object: JsonObject, end: number): Generator<void, JsonObject> {
    const { reader } = this;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      if (number !== 1 || wire !== WireType.LengthDelimited) reader.skip(wire, number);
      else yield* this.readMember(object, readEnd(reader, end));
    }
    return object;
  }

  private *readMember(object: JsonObject, end: number): Generator<void, void> {
    const { reader } = this;
    let key = '';
    let value: JsonValue = null;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      if (wire !== WireType.LengthDelimited) reader.skip(wire, number);
      else if (number === 1) key = reader.string(true);
      else if (number === 2) value = yield* this.readValue(value, readEnd(reader, end));
      else reader.skip(wire, number);
    }
    // An assignment to `__proto__` would change the object instead; a definition takes much longer.
    if (key === '__proto__')
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
    else object[key] = value;
  }

  private *readValue(before: JsonValue, end: number): Generator<void, JsonValue> {
    const { reader } = this;
    if (--this.left === 0) {
      this.left = VALUES_A_TURN;
      yield;
    }
    let value = before;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      if (number === KIND.number && wire === WireType.Bit64) value = reader.double();
      else if (number === KIND.string && wire === WireType.LengthDelimited) value = reader.string(true);
      else if (number === KIND.boolean && wire === WireType.Varint) value = reader.bool();
      else if (number === KIND.object && wire === WireType.LengthDelimited)
        value = yield* this.readObject(isObject(value) ? value : {}, readEnd(reader, end));
      else if (number === KIND.array && wire === WireType.LengthDelimited)
        value = yield* this.readArray(Array.isArray(value) ? value : [], readEnd(reader, end));
      else {
        reader.skip(wire, number);
        if (number === KIND.null) value = null;
      }
    }
    return value;
  }

  private *readArray(array: JsonValue[], end: number): Generator<void, JsonValue[]> {
    const { reader } = this;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      if (number !== LIST_VALUES || wire !== WireType.LengthDelimited) reader.skip(wire, number);
      else array.push(yield* this.readValue(null, readEnd(reader, end)));
    }
    return array;
  }
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
