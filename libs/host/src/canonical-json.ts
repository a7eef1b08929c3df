import { create, type DescField, type DescMessage, type JsonObject, toJson } from '@bufbuild/protobuf';

const STRUCT = 'google.protobuf.Struct';
type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns a request as `toJson` does. Free-form JSON in it is taken over without a copy: protobuf-es builds three
 * messages for each of its values.
 */
export function canonicalJson(schema: DescMessage, request: object): JsonObject {
  const fields = request as Fields;
  const apart = schema.fields.filter((field) => isApart(field) && fields[field.localName] !== undefined);
  const rest = Object.fromEntries(apart.map(({ localName }) => [localName, undefined]));
  const json = toJson(schema, create(schema, { ...fields, ...rest })) as JsonObject;
  if (apart.length === 0) return json;
  for (const field of apart) json[field.jsonName] = toFieldJson(field, fields[field.localName]);
  const inOrder = schema.fields.toSorted((a, b) => a.number - b.number);
  return Object.fromEntries(
    inOrder.flatMap(({ jsonName }) => (jsonName in json ? [[jsonName, json[jsonName]!]] : [])),
  );
}

/** Free-form JSON, and messages that may have some. */
const isApart = ({ fieldKind, message, oneof }: DescField): boolean =>
  fieldKind === 'message' &&
  oneof === undefined &&
  (message.typeName === STRUCT || !message.typeName.startsWith('google.protobuf.'));

const toFieldJson = ({ message }: DescField, value: unknown): JsonObject =>
  message!.typeName === STRUCT ? (value as JsonObject) : canonicalJson(message!, value as object);
