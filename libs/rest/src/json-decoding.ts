import {
  type DescEnumValue,
  type DescMessage,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
} from '@bufbuild/protobuf';
import { isFieldError } from '@bufbuild/protobuf/reflect';
import { DomainError } from '@noema/kernel/domain-error';
import { findField, isObject } from './field-path.js';
import { fieldInvalid } from './field-text.js';

/** Decodes proto3 JSON to a message. Throws `invalid` FIELD_INVALID with the invalid field. */
export function decodeJson(input: DescMessage, json: JsonObject): Message {
  try {
    return fromJson(input, json);
  } catch (error) {
    throw decodeFault(input, json, error);
  }
}

/** Names the field by its full path, such as `settings.batch_size`. */
function decodeFault(input: DescMessage, json: JsonObject, error: unknown): DomainError {
  const cause = error instanceof Error ? error.cause : undefined;
  const text = error instanceof Error ? error.message : String(error);
  const why = text.replace(/^cannot decode .*? from JSON:? ?/, '');
  const unknown = /key "(.*)" is unknown/.exec(text)?.[1];
  if (unknown !== undefined) {
    const path =
      findPath(input, json, (owner, key) => key === unknown && findField(owner, key) === undefined) ??
      unknown;
    return fieldInvalid(path, 'unknown field; remove it or correct its name');
  }
  if (isFieldError(cause)) {
    const target = cause.field();
    const path = findPath(input, json, (owner, key) => findField(owner, key) === target) ?? target.name;
    return fieldInvalid(path, why);
  }
  let values: readonly DescEnumValue[] | undefined;
  const path = findPath(input, json, (owner, key, value) => {
    values = findField(owner, key)?.enum?.values;
    return isFault(owner, key, value);
  });
  if (path === undefined) return new DomainError('invalid', 'BODY_INVALID', why, { cause: error });
  return fieldInvalid(
    path,
    values === undefined ? why : `${why} is not one of ${values.map(({ name }) => name).join(', ')}`,
  );
}

type Test = (owner: DescMessage, key: string, value: JsonValue) => boolean;

function findPath(owner: DescMessage, json: JsonObject, test: Test): string | undefined {
  for (const [key, value] of Object.entries(json)) {
    const field = findField(owner, key);
    const name = field?.name ?? key;
    const inner = field?.message;
    if (inner !== undefined && field?.fieldKind !== 'map') {
      for (const [i, item] of (Array.isArray(value) ? value : [value]).entries()) {
        const path = isObject(item) ? findPath(inner, item, test) : undefined;
        if (path !== undefined) return Array.isArray(value) ? `${name}[${i}].${path}` : `${name}.${path}`;
      }
    }
    if (test(owner, key, value)) return name;
  }
  return undefined;
}

/** True if the field alone cannot be decoded. */
function isFault(owner: DescMessage, key: string, value: JsonValue): boolean {
  try {
    fromJson(owner, { [key]: value });
    return false;
  } catch {
    return true;
  }
}
