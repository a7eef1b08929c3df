import { type DescMessage, type JsonValue, type Message, toJson } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { type HttpBody, HttpBodySchema } from '@noema/contracts/google/api/httpbody';
import type { Route } from './http-rule.js';
import { checkResponse } from './response-check.js';

/** Encoded content of a response. */
export type ResponseContent =
  | { readonly kind: 'json'; readonly text: string }
  /** A body with its own media type. `etag` is the response's field of that name, empty if there is none. */
  | { readonly kind: 'bytes'; readonly mediaType: string; readonly bytes: Uint8Array; readonly etag: string };

/**
 * Encodes a response as canonical proto3 JSON with explicit defaults, or as the bytes of a
 * `google.api.HttpBody`. Throws as `jsonText`.
 */
export function encodeResponse(route: Route, message: Message): ResponseContent {
  const { output } = route.method;
  const field = route.responseBody;
  if (field === undefined) return { kind: 'json', text: jsonText(output, message) };
  if (isBytes(route)) {
    const { etag } = message as unknown as { readonly etag: unknown };
    return { kind: 'bytes', ...readBytes(route, message), etag: typeof etag === 'string' ? etag : '' };
  }
  const json = JSON.parse(jsonText(output, message)) as Record<string, JsonValue>;
  return { kind: 'json', text: JSON.stringify(json[field.jsonName] ?? null) };
}

/**
 * Returns canonical proto3 JSON with explicit defaults, so that a reader need not know them. Throws
 * `internal` RESPONSE_INVALID, see `checkResponse`.
 */
export function jsonText(schema: DescMessage, message: Message): string {
  const json = toJson(schema, message, { alwaysEmitImplicit: true });
  const text = JSON.stringify(json);
  checkResponse(schema, json, text);
  return text;
}

/** True if the response of a route is a body with its own media type. */
export const isBytes = (route: Route): boolean =>
  route.responseBody?.message?.typeName === HttpBodySchema.typeName;

/** Returns the `google.api.HttpBody` of a response; no bytes and a generic type if it is not set. */
export function readBytes(
  { responseBody }: Route,
  message: Message,
): { readonly mediaType: string; readonly bytes: Uint8Array } {
  const body = (message as unknown as Readonly<Record<string, HttpBody | undefined>>)[
    responseBody?.localName ?? ''
  ];
  return {
    mediaType: body === undefined || body.contentType === '' ? 'application/octet-stream' : body.contentType,
    bytes: body?.data ?? new Uint8Array(),
  };
}

/** Sets the bytes of a response in its message. */
export function setBytes(
  route: Route,
  message: Message,
  mediaType: string,
  data: Uint8Array,
  etag: string,
): void {
  const view = reflect(route.method.output, message);
  if (route.responseBody === undefined) return;
  const record = message as unknown as Record<string, unknown>;
  record[route.responseBody.localName] = {
    $typeName: HttpBodySchema.typeName,
    contentType: mediaType,
    data,
    extensions: [],
  } satisfies HttpBody;
  const etagField = view.findNumber(route.method.output.fields.find((f) => f.name === 'etag')?.number ?? 0);
  if (etagField !== undefined) record[etagField.localName] = etag;
}
