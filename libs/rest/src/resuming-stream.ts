import type { JsonValue, Message } from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel/domain-error';
import { readPieces } from './bytes-stream.js';
import { startDeadline } from './deadline.js';
import type { HttpCaller, RestCallOptions } from './http-caller.js';
import { errorOfProblem } from './problem.js';
import type { EncodedRequest } from './request-encoding.js';
import { decodeEvents, EVENT_STREAM } from './server-sent-events.js';

/** Reads a server stream over SSE. Resumes it by `Last-Event-ID` if it breaks before its end. */
export async function* resumingStream(
  caller: HttpCaller,
  encode: () => EncodedRequest,
  decode: (json: JsonValue) => Message,
  call: RestCallOptions,
): AsyncIterable<Message> {
  const { signal, end } = startDeadline(call.signal, call.timeoutMs);
  const request = encode();
  const { streamAttempts = 8, backoffMs = 5000 } = caller.options;
  let lastId: string | undefined;
  let failures = 0;
  try {
    for (;;) {
      let outcome: DomainError;
      try {
        const resume = lastId === undefined ? {} : { 'last-event-id': lastId };
        const response = await caller.open(
          request,
          { accept: EVENT_STREAM, ...resume, ...call.headers },
          signal,
        );
        outcome = new DomainError(
          'unavailable',
          'STREAM_BROKEN',
          `the stream of ${request.target} ended before it was complete`,
        );
        for await (const event of decodeEvents(readPieces(response))) {
          if (event === undefined) continue;
          if (event.id !== '') lastId = event.id;
          if (event.event === 'message') {
            failures = 0;
            yield decode(JSON.parse(event.data) as JsonValue);
          } else if (event.event === 'end') return;
          else if (event.event === 'problem') throw errorOfProblem(500, JSON.parse(event.data) as unknown);
        }
      } catch (error) {
        outcome = caller.fault(error, request, signal);
      }
      if (outcome.kind !== 'unavailable' || ++failures > streamAttempts) throw outcome;
      await pause(Math.min(backoffMs, 100 * 2 ** failures) * (0.5 + Math.random() / 2), signal);
    }
  } finally {
    end();
  }
}

/** Waits, or returns at once when the signal aborts. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
