import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonValue,
  ScalarType,
} from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel/domain-error';

/** Error for one invalid field of a request. */
export const fieldInvalid = (field: string, description: string): DomainError =>
  new DomainError('invalid', 'FIELD_INVALID', `${field}: ${description}`, {
    metadata: { field },
    violations: [{ field, description }],
  });

/** Messages that are one JSON string or number, so that they can be in a path or query. */
const TEXTUAL: ReadonlySet<string> = new Set(
  ['Timestamp', 'Duration', 'FieldMask', 'StringValue', 'BytesValue', 'Int64Value', 'UInt64Value'].map(
    (n) => `google.protobuf.${n}`,
  ),
);
const BARE: ReadonlySet<string> = new Set(
  ['BoolValue', 'Int32Value', 'UInt32Value', 'FloatValue', 'DoubleValue'].map((n) => `google.protobuf.${n}`),
);
const FREE: ReadonlySet<string> = new Set(
  ['Struct', 'Value', 'ListValue'].map((n) => `google.protobuf.${n}`),
);

/** True if a field is one value of a query, not a message to be written as `a.b`. */
export const isSingle = (message: DescMessage): boolean =>
  TEXTUAL.has(message.typeName) || BARE.has(message.typeName) || FREE.has(message.typeName);

/**
 * Returns the proto3 JSON of a field's value from the text of a path variable or query parameter. Throws
 * `invalid` FIELD_INVALID.
 */
export function jsonOfText(name: string, field: DescField, text: string): JsonValue {
  if (field.enum !== undefined) return enumJson(name, field.enum, text);
  if (field.scalar !== undefined) return scalarJson(name, field.scalar, text);
  if (field.message === undefined || field.fieldKind === 'map')
    throw fieldInvalid(name, 'cannot be given in the query; send it in a body');
  const { typeName } = field.message;
  if (typeName === 'google.protobuf.FieldMask')
    return text.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (TEXTUAL.has(typeName)) return text;
  if (!BARE.has(typeName) && !FREE.has(typeName))
    throw fieldInvalid(name, `is a message; give its fields as ${name}.<field>`);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw fieldInvalid(name, `"${text}" is not JSON`);
  }
}

/** Returns the text of a JSON value for a path variable or query parameter. `jsonOfText` parses it. */
export const textOfJson = (json: JsonValue): string =>
  typeof json === 'string' ? json : JSON.stringify(json);

function scalarJson(name: string, scalar: ScalarType, text: string): JsonValue {
  if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return text;
  if (scalar === ScalarType.BOOL) {
    if (text === 'true' || text === '') return true;
    if (text === 'false') return false;
    throw fieldInvalid(name, `"${text}" is neither true nor false`);
  }
  if (scalar === ScalarType.FLOAT || scalar === ScalarType.DOUBLE) {
    if (text.trim() === '' || Number.isNaN(Number(text))) throw fieldInvalid(name, `"${text}" is no number`);
    return text;
  }
  if (!/^-?\d+$/.test(text)) throw fieldInvalid(name, `"${text}" is no whole number`);
  return text;
}

/** Accepts `SPLIT_TEST`, `test`, `TEST` and the number. */
function enumJson(name: string, desc: DescEnum, text: string): JsonValue {
  const asked = text.toUpperCase().replaceAll('-', '_');
  const value = desc.values.find(
    (v) => v.name === asked || shortName(desc, v.name) === asked || String(v.number) === text,
  );
  if (value !== undefined) return value.name;
  throw fieldInvalid(
    name,
    `"${text}" is not one of ${desc.values
      .slice(1)
      .map((v) => shortName(desc, v.name).toLowerCase())
      .join(', ')}`,
  );
}

const shortName = (desc: DescEnum, value: string): string =>
  value.slice(desc.sharedPrefix?.length ?? 0).toUpperCase();
