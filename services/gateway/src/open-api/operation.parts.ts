import type { DescField } from '@bufbuild/protobuf';
import { EVENT_STREAM, findFieldPath, isBytes, isSingle, type Route } from '@noema/rest';
import { isRequired, type JsonSchema, listRequired, type SchemaCollector } from './schema.collector.js';

/** The name of a path variable in the document: generators do not take the dot of `project.id`. */
export const variableName = (fieldPath: string): string => fieldPath.replaceAll('.', '_');

/** Path variables, and every field that is neither in the path nor in the body as a query parameter. */
export function listParameters(route: Route, schemas: SchemaCollector): JsonSchema[] {
  const bound = new Set(route.template.variables.map(({ fieldPath }) => fieldPath));
  const inPath = route.template.variables.map(({ fieldPath }) => {
    const field = findFieldPath(route.method.input, fieldPath)?.at(-1);
    return {
      name: variableName(fieldPath),
      in: 'path',
      required: true,
      ...(field === undefined
        ? { schema: { type: 'string' } }
        : { description: schemas.describe(field), schema: schemas.ofItem(field) }),
    };
  });
  if (route.body === '*') return inPath;
  const free = route.method.input.fields.filter((field) => field !== route.body);
  return [...inPath, ...free.flatMap((field) => listQuery(field, '', bound, schemas))];
}

function listQuery(
  field: DescField,
  prefix: string,
  bound: ReadonlySet<string>,
  schemas: SchemaCollector,
): JsonSchema[] {
  const name = prefix + field.name;
  if (bound.has(name) || field.fieldKind === 'map') return [];
  if (field.message !== undefined && !isSingle(field.message)) {
    return field.fieldKind === 'list'
      ? []
      : field.message.fields.flatMap((inner) => listQuery(inner, `${name}.`, bound, schemas));
  }
  const item = schemas.ofItem(field);
  return [
    {
      name,
      in: 'query',
      ...(prefix === '' && isRequired(field) && { required: true }),
      description: schemas.describe(field),
      schema: field.fieldKind === 'list' ? { type: 'array', items: item } : item,
    },
  ];
}

/** The body of a request, `undefined` when the route takes none. */
export function toBody(route: Route, schemas: SchemaCollector): JsonSchema | undefined {
  if (route.body === undefined) return undefined;
  const inPath = new Set(route.template.variables.map(({ fieldPath }) => fieldPath));
  const fields = route.method.input.fields.filter(({ name }) => !inPath.has(name));
  const schema =
    route.body === '*'
      ? {
          type: 'object',
          properties: schemas.toProperties(fields),
          ...listRequired(fields),
          additionalProperties: false,
        }
      : schemas.ofField(route.body);
  return {
    required: route.body !== '*' || fields.some(isRequired),
    content: { 'application/json': { schema } },
  };
}

const MEDIA_TYPE = /`([a-z]+\/[a-z\d.+-]+)`/g;

/** Bytes under each media type that the comment of their field names; generators skip a type with a wildcard. */
function binaryContent(field: DescField | undefined, schemas: SchemaCollector): JsonSchema {
  const comment = field === undefined ? '' : schemas.describe(field);
  const named = [...comment.matchAll(MEDIA_TYPE)].map(([, type]) => type!);
  const types = named.length > 0 ? named : ['application/octet-stream'];
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

/** The answer of success: JSON, events of a stream, or bytes of a media type of their own. */
export function toResponse(route: Route, schemas: SchemaCollector): JsonSchema {
  if (isBytes(route))
    return {
      description:
        route.method.methodKind === 'server_streaming'
          ? 'The bytes under their own media type, sent in chunks while they are made; a body that is cut ' +
            'off is not complete.'
          : 'The bytes under their own media type, with an ETag.',
      content: binaryContent(route.responseBody, schemas),
    };
  const schema =
    route.responseBody === undefined
      ? schemas.ofMessage(route.method.output)
      : schemas.ofField(route.responseBody);
  if (route.method.methodKind !== 'server_streaming')
    return { description: 'The answer.', content: { 'application/json': { schema } } };
  return {
    description:
      'Server-sent events: each `message` carries the JSON of this schema; `end` says that the stream ' +
      'is complete, `problem` why it is not. Goes on by `Last-Event-ID`.',
    content: { [EVENT_STREAM]: { schema } },
  };
}
