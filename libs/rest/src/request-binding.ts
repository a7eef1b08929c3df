import type { DescMessage, JsonObject, JsonValue, Message } from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel/domain-error';
import { MAX_JSON_DEPTH } from '@noema/kernel/nesting';
import { findFieldPath, isObject, jsonAt, setJson } from './field-path.js';
import { fieldInvalid, jsonOfText, textOfJson } from './field-text.js';
import type { Route } from './http-rule.js';
import { decodeJson } from './json-decoding.js';

/** Parts of an HTTP request. */
export interface RequestParts {
  readonly variables: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; `undefined` if there is none. */
  readonly body: JsonValue | undefined;
}

/**
 * Creates the request message of a route from path, query and body. It takes ownership of the body. Throws
 * `invalid` with the invalid field.
 */
export function bindRequest(route: Route, { variables, query, body }: RequestParts): Message {
  const { input } = route.method;
  const json = bindBody(route, body);
  const bound = new Set<string>();
  for (const [path, text] of variables) {
    const fields = findFieldPath(input, path) ?? [];
    const field = fields.at(-1);
    if (field === undefined) continue;
    const value = jsonOfText(path, field, text);
    const given = jsonAt(json, fields);
    if (given !== undefined && given !== null && given !== '' && textOfJson(given) !== textOfJson(value))
      throw fieldInvalid(
        path,
        `is "${text}" in the path, but ${JSON.stringify(given)} in the body; leave it out of the body`,
      );
    setJson(json, fields, value);
    bound.add(fields.map(({ name }) => name).join('.'));
  }
  for (const name of new Set(query.keys())) bindQuery(route, json, bound, name, query.getAll(name));
  return decodeRequest(input, json);
}

/**
 * Moves free-form JSON from the body to the message, which has it in the same form. protobuf-es builds three messages
 * for each of its values and converts them back: a second for 250,000.
 */
function decodeRequest(input: DescMessage, json: JsonObject): Message {
  const free: [string, JsonObject][] = [];
  for (const { fieldKind, oneof, message, name, jsonName, localName } of input.fields) {
    if (fieldKind !== 'message' || oneof !== undefined || message.typeName !== 'google.protobuf.Struct')
      continue;
    const [key, another] = [...new Set([jsonName, name])].filter((each) => Object.hasOwn(json, each));
    const value = key === undefined ? undefined : json[key];
    // decodeJson refuses a field with two names and a value that is not an object.
    if (key === undefined || another !== undefined || !isObject(value)) continue;
    requireShallow(name, value);
    delete json[key];
    free.push([localName, value]);
  }
  return Object.assign(decodeJson(input, json), Object.fromEntries(free));
}

/** Goes down level by level: a recursion would run out of stack before it could refuse. */
function requireShallow(field: string, value: JsonObject): void {
  let level: JsonValue[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH)
      throw fieldInvalid(
        field,
        `has more than ${MAX_JSON_DEPTH} objects and lists inside each other; nest fewer`,
      );
    level = level.flatMap((outer) => Object.values(outer as JsonObject).filter(isNested));
  }
}

const isNested = (value: JsonValue): boolean => typeof value === 'object' && value !== null;

function bindBody(route: Route, body: JsonValue | undefined): JsonObject {
  if (route.body === undefined) {
    if (body !== undefined)
      throw new DomainError(
        'invalid',
        'BODY_NOT_ALLOWED',
        `${route.verb} ${route.template.text} takes no body; give the fields in the query`,
      );
    return {};
  }
  if (route.body !== '*') return body === undefined ? {} : { [route.body.jsonName]: body };
  if (body === undefined) return {};
  if (!isObject(body))
    throw new DomainError(
      'invalid',
      'BODY_INVALID',
      `the body must be a JSON object with the fields of ${route.method.input.name}`,
    );
  return body;
}

function bindQuery(
  route: Route,
  json: JsonObject,
  bound: ReadonlySet<string>,
  name: string,
  texts: readonly string[],
): void {
  const fields = findFieldPath(route.method.input, name);
  const field = fields?.at(-1);
  if (fields === undefined || field === undefined)
    throw fieldInvalid(name, `unknown query parameter; ${knownQuery(route, bound)}`);
  if (bound.has(fields.map((f) => f.name).join('.')))
    throw fieldInvalid(name, 'is given by the path already');
  if (route.body === '*' || (route.body !== undefined && route.body === fields[0]))
    throw fieldInvalid(name, 'belongs into the body of this request, not into the query');
  if (field.fieldKind === 'map') throw fieldInvalid(name, 'is a map and cannot be given in the query');
  if (field.fieldKind !== 'list' && texts.length > 1)
    throw fieldInvalid(name, `is given ${texts.length} times, once is allowed`);
  const values = texts.map((text) => jsonOfText(name, field, text));
  setJson(json, fields, field.fieldKind === 'list' ? values : (values[0] ?? null));
}

function knownQuery(route: Route, bound: ReadonlySet<string>): string {
  if (route.body === '*') return 'this request takes none, all fields belong into the body';
  const names = route.method.input.fields
    .filter((f) => !bound.has(f.name) && f !== route.body)
    .map((f) => f.name);
  return names.length === 0 ? 'this request takes none' : `known: ${names.join(', ')}`;
}
