import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { DomainError } from '@noema/kernel';

/** Number of JSON values that are checked in one turn of the event loop. */
const VALUES_A_TURN = 4096;

/**
 * Rejects values that no handler supports: text with NUL, which Postgres cannot store, undefined enum numbers, and
 * numbers in JSON that are not finite. Yields every 4,096 values of JSON. Throws `invalid` FIELD_INVALID, which names
 * the field.
 */
export function checkRequest(schema: DescMessage, request: unknown): Generator<void, void> {
  return checkMessage(reflect(schema, request as Parameters<typeof reflect>[1]), '');
}

function* checkMessage(message: ReflectMessage, path: string): Generator<void, void> {
  for (const field of message.fields) {
    if (message.isSet(field))
      yield* checkField(message, field, path === '' ? field.name : `${path}.${field.name}`);
  }
}

function* checkField(message: ReflectMessage, field: DescField, path: string): Generator<void, void> {
  if (field.message?.typeName === 'google.protobuf.Struct' && field.fieldKind === 'message' && !field.oneof)
    // Reflection builds three messages for each JSON value.
    yield* new JsonCheck(path).check(
      (message.message as unknown as Record<string, unknown>)[field.localName],
    );
  else if (field.fieldKind === 'list') {
    if (field.listKind === 'scalar' && field.scalar !== ScalarType.STRING) return;
    for (const item of message.get(field)) yield* checkAny(item, field.enum, path);
  } else if (field.fieldKind === 'map') {
    for (const [key, value] of message.get(field)) {
      checkValue(key, undefined, path);
      yield* checkAny(value, field.enum, path);
    }
  } else yield* checkAny(message.get(field), field.enum, path);
}

function* checkAny(value: unknown, of: DescEnum | undefined, path: string): Generator<void, void> {
  if (typeof value === 'object' && value !== null && 'fields' in value)
    yield* checkMessage(value as ReflectMessage, path);
  else checkValue(value, of, path);
}

function checkValue(value: unknown, of: DescEnum | undefined, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw fieldInvalid(path, 'has the character NUL (U+0000) in it; remove it');
  } else if (typeof value === 'number') {
    if (of !== undefined && !(value in of.value))
      throw fieldInvalid(path, `${value} is no ${of.name}; use ${of.values.map((v) => v.name).join(', ')}`);
  }
}

/** Checks free-form JSON of a field. Protobuf limits how deep it is. */
class JsonCheck {
  private values = 0;

  constructor(private readonly path: string) {}

  *check(value: unknown): Generator<void, void> {
    if (++this.values % VALUES_A_TURN === 0) yield;
    if (typeof value === 'string') checkValue(value, undefined, this.path);
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw fieldInvalid(this.path, `${value} is not a number of JSON`);
    } else if (Array.isArray(value)) for (const item of value) yield* this.check(item);
    else if (typeof value === 'object' && value !== null)
      for (const key of Object.keys(value)) {
        checkValue(key, undefined, this.path);
        yield* this.check((value as Record<string, unknown>)[key]);
      }
  }
}

const fieldInvalid = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'FIELD_INVALID', `${field}: ${why}`, {
    metadata: { field },
    violations: [{ field, description: why }],
  });
