import {
  create,
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  type Message,
  type MessageInitShape,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { deleteJson, findField, findFieldPath, isObject, jsonAt } from './field-path.js';
import { fieldInvalid, isSingle, textOfJson } from './field-text.js';
import type { Route } from './http-rule.js';
import { fillPath } from './path-matching.js';

/** An HTTP request for an RPC, relative to the base URL. */
export interface EncodedRequest {
  readonly verb: string;
  /** Path with query. */
  readonly target: string;
  readonly body: string | undefined;
}

/**
 * Creates the HTTP request of a route, which `bindRequest` parses. Throws `invalid` if a field that the path
 * needs is empty.
 */
export function encodeRequest<D extends DescMessage>(
  route: Route,
  init: MessageInitShape<D>,
): EncodedRequest {
  const { input } = route.method;
  const message: Message = create(input, init as MessageInitShape<DescMessage>);
  const json = toJson(input, message) as JsonObject;
  const path = fillPath(route.template, (fieldPath) => {
    const fields = findFieldPath(input, fieldPath) ?? [];
    const value = jsonAt(json, fields) ?? toDefault(fields.at(-1));
    if (value === '') throw fieldInvalid(fieldPath, 'is empty, but the path needs it');
    deleteJson(json, fields);
    return textOfJson(value);
  });
  if (route.body === '*') return { verb: route.verb, target: path, body: JSON.stringify(json) };
  let body: string | undefined;
  if (route.body !== undefined) {
    body = JSON.stringify(json[route.body.jsonName] ?? {});
    Reflect.deleteProperty(json, route.body.jsonName);
  }
  const query = new URLSearchParams(flatten(input, json, '')).toString();
  return { verb: route.verb, target: query === '' ? path : `${path}?${query}`, body };
}

/** Returns the text of a path variable at its default: zero, or empty. */
const toDefault = (field: DescField | undefined): JsonValue =>
  field?.enum === undefined && field?.scalar !== undefined && field.scalar !== ScalarType.STRING ? 0 : '';

function flatten(owner: DescMessage, json: JsonObject, prefix: string): [string, string][] {
  return Object.entries(json).flatMap(([key, value]): [string, string][] => {
    const field = findField(owner, key);
    const name = prefix + (field?.name ?? key);
    if (field === undefined) return [];
    if (field.fieldKind === 'list' && Array.isArray(value))
      return value.map((item) => [name, textOfJson(item)]);
    if (field.fieldKind === 'message' && !isSingle(field.message) && isObject(value))
      return flatten(field.message, value, `${name}.`);
    return [
      [name, field.message !== undefined && isObject(value) ? JSON.stringify(value) : textOfJson(value)],
    ];
  });
}
