import {
  create,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  fromJson,
  type JsonValue,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { bytesStream } from './bytes-stream.js';
import { type Route, listRoutes } from './http-rule.js';
import { type HttpCaller, httpCaller, type RestCallOptions, type RestClientOptions } from './http-caller.js';
import { encodeRequest } from './request-encoding.js';
import { isBytes, setBytes } from './response-encoding.js';
import { resumingStream } from './resuming-stream.js';

type Method<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: RestCallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: RestCallOptions) => AsyncIterable<MessageShape<O>>
      : never;

/**
 * One method per RPC of a service, with the same signature as in the gRPC client. Every failure is a
 * DomainError.
 */
export type RestClient<S extends DescService> = { readonly [K in keyof S['method']]: Method<S['method'][K]> };

/**
 * Creates a typed client for the REST routes of a service, in a browser or in Node. A broken stream resumes
 * by `Last-Event-ID` with back-off; leaving its loop closes it. A stream of `google.api.HttpBody` yields the
 * bytes in pieces of any size as they arrive, and fails with `unavailable` STREAM_BROKEN when it breaks.
 */
export function createRestClient<S extends DescService>(
  service: S,
  options: RestClientOptions,
): RestClient<S> {
  const caller = httpCaller(options);
  return Object.fromEntries(
    service.methods.map((method) => [method.localName, createMethod(caller, method)]),
  ) as RestClient<S>;
}

function createMethod(caller: HttpCaller, method: DescMethod): unknown {
  const route = listRoutes(method)[0];
  if (route === undefined) throw new Error(`${method.toString()} has no google.api.http route`);
  const decode = (json: JsonValue): Message =>
    fromJson(method.output, wrap(route, json), { ignoreUnknownFields: true });
  if (method.methodKind === 'unary')
    return (request: MessageInitShape<typeof method.input>, call: RestCallOptions = {}) =>
      single(caller, route, decode, request, call);
  if (isBytes(route))
    return (request: MessageInitShape<typeof method.input>, call: RestCallOptions = {}) =>
      bytesStream(caller, route, () => encodeRequest(route, request), call);
  return (request: MessageInitShape<typeof method.input>, call: RestCallOptions = {}) =>
    resumingStream(caller, () => encodeRequest(route, request), decode, call);
}

async function single(
  caller: HttpCaller,
  route: Route,
  decode: (json: JsonValue) => Message,
  request: MessageInitShape<DescMethod['input']>,
  call: RestCallOptions,
): Promise<Message> {
  return caller.call(
    encodeRequest(route, request),
    isBytes(route) ? '*/*' : 'application/json',
    call,
    async (response) => {
      if (!isBytes(route)) return decode((await response.json()) as JsonValue);
      const message = create(route.method.output);
      const etag = (response.headers.get('etag') ?? '').replace(/^W\//, '').replaceAll('"', '');
      setBytes(
        route,
        message,
        response.headers.get('content-type') ?? '',
        new Uint8Array(await response.arrayBuffer()),
        etag,
      );
      return message;
    },
  );
}

const wrap = ({ responseBody }: Route, json: JsonValue): JsonValue =>
  responseBody === undefined ? json : { [responseBody.jsonName]: json };
