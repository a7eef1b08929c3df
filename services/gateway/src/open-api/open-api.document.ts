import { type DescService, getOption } from '@bufbuild/protobuf';
import { Access, access } from '@noema/contracts/noema/type/v1/access';
import { type Route, listRoutes } from '@noema/rest';
import { SECURE_SESSION_COOKIE } from '../session/session-cookie.js';
import { type JsonSchema, SchemaCollector } from './schema.collector.js';
import { toBody, listParameters, toResponse, variableName } from './operation.parts.js';

/** Token of a function that returns the document, in Nest. */
export const OPEN_API_DOCUMENT = Symbol('OpenAPI document');

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [key: string]: unknown;
}

export interface OpenApiOptions {
  readonly services: readonly DescService[];
  /** Comments by full name of message, field, enum, value, service or RPC. */
  readonly comments: Readonly<Record<string, string>>;
  readonly version: string;
}

/** Describes every route of some services, from their descriptors alone. */
export function openApiDocument({ services, comments, version }: OpenApiOptions): OpenApiDocument {
  const schemas = new SchemaCollector(comments);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const service of services) {
    for (const method of service.methods) {
      for (const [i, route] of listRoutes(method).entries()) {
        const path = (paths[formatPath(route)] ??= {});
        path[route.verb.toLowerCase()] = toOperation(
          route,
          `${service.name}_${method.name}${i === 0 ? '' : `_${i}`}`,
          comments,
          schemas,
        );
      }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Noema',
      version,
      description:
        'How a neural network perceives your data. Each operation is an RPC of the same name; JSON is ' +
        'canonical proto3 JSON.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    } as OpenApiDocument['info'],
    servers: [{ url: '/' }],
    tags: services.map((service) => ({ name: service.name, description: comments[service.typeName] ?? '' })),
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, or a token made of one by POST /v1/tokens:exchange.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: SECURE_SESSION_COOKIE,
          description:
            'The cookie that POST /v1/session sets in a browser; without TLS it is `noema_session_` and ' +
            'the port.',
        },
      },
      responses: {
        Problem: {
          description: 'What went wrong, as RFC 9457 describes.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { ...schemas.components, Problem: PROBLEM },
    },
  };
}

function toOperation(
  route: Route,
  operationId: string,
  comments: Readonly<Record<string, string>>,
  schemas: SchemaCollector,
): Record<string, unknown> {
  const { method } = route;
  const declared = getOption(method, access);
  const description = comments[`${method.parent.typeName}.${method.name}`] ?? '';
  const body = toBody(route, schemas);
  return {
    operationId,
    tags: [method.parent.name],
    summary: description.split(/(?<=\.)\s/)[0] ?? '',
    description: `${description} For: ${Access[declared].toLowerCase()}.`,
    parameters: listParameters(route, schemas),
    ...(body === undefined ? {} : { requestBody: body }),
    responses: { 200: toResponse(route, schemas), default: { $ref: '#/components/responses/Problem' } },
    ...(declared === Access.PUBLIC ? { security: [] } : {}),
  };
}

/** The template in OpenAPI's words: `{name=**}` is `{name}`, `{project.id}` is `{project_id}`. */
const formatPath = ({ template }: Route): string =>
  template.text.replaceAll(
    /\{([\w.]+)(?:=[^}]*)?\}/g,
    (_, fieldPath: string) => `{${variableName(fieldPath)}}`,
  );

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457, with the details that a program needs.',
  required: ['type', 'title', 'status', 'detail', 'reason'],
  properties: {
    type: { type: 'string', description: '`urn:noema:problem:<kind>`.' },
    title: { type: 'string', description: 'The kind in words.' },
    status: { type: 'integer', description: 'HTTP status.' },
    detail: { type: 'string', description: 'What was wrong, with which value, and what to do.' },
    reason: { type: 'string', description: 'Constant in UPPER_SNAKE_CASE that programs match on.' },
    instance: { type: 'string', description: '`urn:noema:request:<request id>`.' },
    metadata: { type: 'object', additionalProperties: { type: 'string' }, description: 'Details by name.' },
    violations: {
      type: 'array',
      description: 'Fields that were refused.',
      items: {
        type: 'object',
        properties: {
          field: { type: 'string', description: 'Path of the field.' },
          description: { type: 'string', description: 'What is wrong with it.' },
        },
      },
    },
  },
};
