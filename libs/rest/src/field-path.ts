import type { DescField, DescMessage, JsonObject, JsonValue } from '@bufbuild/protobuf';

/** Returns the field of a message by its proto name or JSON name. */
export const findField = (message: DescMessage, name: string): DescField | undefined =>
  message.fields.find((field) => field.name === name || field.jsonName === name);

/** Returns the fields along `a.b.c`, or `undefined` if one does not exist. */
export function findFieldPath(message: DescMessage, path: string): DescField[] | undefined {
  const fields: DescField[] = [];
  let owner: DescMessage | undefined = message;
  for (const name of path.split('.')) {
    const field: DescField | undefined = owner === undefined ? undefined : findField(owner, name);
    if (field === undefined) return undefined;
    fields.push(field);
    owner = field.fieldKind === 'message' ? field.message : undefined;
  }
  return fields;
}

/** Returns the last field along `a.b.c`. Throws Error if one does not exist. */
export function resolveField(message: DescMessage, path: string): DescField {
  const field = findFieldPath(message, path)?.at(-1);
  if (field === undefined) throw new Error(`${message.typeName} has no field ${path}`);
  return field;
}

/** Returns the value at a path of proto3 JSON; `undefined` if there is none. */
export function jsonAt(json: JsonObject, fields: readonly DescField[]): JsonValue | undefined {
  let value: JsonValue | undefined = json;
  for (const field of fields)
    value = isObject(value) ? (value[field.jsonName] ?? value[field.name]) : undefined;
  return value;
}

/** Sets the value at a path of proto3 JSON and creates the objects on the way. */
export function setJson(json: JsonObject, fields: readonly DescField[], value: JsonValue): void {
  let owner = json;
  for (const field of fields.slice(0, -1)) {
    const key = field.name in owner ? field.name : field.jsonName;
    const next = owner[key];
    owner = isObject(next) ? next : (owner[key] = {});
  }
  const last = fields.at(-1);
  if (last === undefined) return;
  owner[last.name in owner ? last.name : last.jsonName] = value;
}

/** Deletes the value at a path of proto3 JSON, and the objects that are empty without it. */
export function deleteJson(json: JsonObject, fields: readonly DescField[]): void {
  const [first, ...rest] = fields;
  if (first === undefined) return;
  const key = first.name in json ? first.name : first.jsonName;
  const inner = json[key];
  if (rest.length > 0 && isObject(inner)) deleteJson(inner, rest);
  if (rest.length === 0 || (isObject(inner) && Object.keys(inner).length === 0))
    Reflect.deleteProperty(json, key);
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
