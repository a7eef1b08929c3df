import { type DescEnum, type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { DomainError } from '@noema/kernel';

/**
 * Rejects values that no handler supports: text with NUL, which Postgres cannot store, and undefined enum
 * numbers. Throws `invalid` FIELD_INVALID, which names the field.
 */
export function checkRequest(schema: DescMessage, request: unknown): void {
  checkMessage(reflect(schema, request as Parameters<typeof reflect>[1]), '');
}

function checkMessage(message: ReflectMessage, path: string): void {
  for (const field of message.fields) {
    if (message.isSet(field)) checkField(message, field, path === '' ? field.name : `${path}.${field.name}`);
  }
}

function checkField(message: ReflectMessage, field: DescField, path: string): void {
  if (field.message?.typeName === 'google.protobuf.Struct' && field.fieldKind === 'message' && !field.oneof)
    // Reflection builds three messages for each JSON value.
    checkJson((message.message as unknown as Record<string, unknown>)[field.localName], path);
  else if (field.fieldKind === 'list') {
    if (field.listKind === 'scalar' && field.scalar !== ScalarType.STRING) return;
    for (const item of message.get(field)) checkValue(item, field.enum, path);
  } else if (field.fieldKind === 'map') {
    for (const [key, value] of message.get(field)) {
      checkValue(key, undefined, path);
      checkValue(value, field.enum, path);
    }
  } else checkValue(message.get(field), field.enum, path);
}

function checkValue(value: unknown, of: DescEnum | undefined, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw fieldInvalid(path, 'has the character NUL (U+0000) in it; remove it');
  } else if (typeof value === 'number') {
    if (of !== undefined && !(value in of.value))
      throw fieldInvalid(path, `${value} is no ${of.name}; use ${of.values.map((v) => v.name).join(', ')}`);
  } else if (typeof value === 'object' && value !== null && 'fields' in value)
    checkMessage(value as ReflectMessage, path);
}

/** Protobuf limits how deep JSON is. */
function checkJson(value: unknown, path: string): void {
  if (typeof value === 'string') checkValue(value, undefined, path);
  else if (Array.isArray(value)) for (const item of value) checkJson(item, path);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) {
      checkValue(key, undefined, path);
      checkJson(item, path);
    }
}

const fieldInvalid = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'FIELD_INVALID', `${field}: ${why}`, {
    metadata: { field },
    violations: [{ field, description: why }],
  });
