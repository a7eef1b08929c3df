import { create, type Message } from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel/domain-error';
import { startDeadline } from './deadline.js';
import type { HttpCaller, RestCallOptions } from './http-caller.js';
import type { Route } from './http-rule.js';
import type { EncodedRequest } from './request-encoding.js';
import { setBytes } from './response-encoding.js';

/** Reads a server stream of bytes. Each message has a piece as it arrives. A broken stream is not resumed. */
export async function* bytesStream(
  caller: HttpCaller,
  route: Route,
  encode: () => EncodedRequest,
  call: RestCallOptions,
): AsyncIterable<Message> {
  const { signal, end } = startDeadline(call.signal, call.timeoutMs);
  const request = encode();
  let begun = false;
  try {
    const response = await caller.open(request, { accept: '*/*', ...call.headers }, signal);
    begun = true;
    const mediaType = response.headers.get('content-type') ?? '';
    for await (const piece of readPieces(response)) {
      const message = create(route.method.output);
      setBytes(route, message, mediaType, piece, '');
      yield message;
    }
  } catch (error) {
    const fault = caller.fault(error, request, signal);
    if (!begun || fault.kind !== 'unavailable') throw fault;
    throw new DomainError(
      'unavailable',
      'STREAM_BROKEN',
      `the stream of ${request.target.split('?')[0] ?? ''} ended before it was complete; ask again`,
      { cause: fault },
    );
  } finally {
    end();
  }
}

/** Yields the body of a response in pieces. */
export async function* readPieces(response: Response): AsyncIterable<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      yield next.value as Uint8Array;
  } finally {
    reader.releaseLock();
  }
}
