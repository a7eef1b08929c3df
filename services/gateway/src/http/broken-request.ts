import type { Duplex } from 'node:stream';
import { DomainError } from '@noema/kernel';
import { PROBLEM_MEDIA_TYPE, toProblem } from '@noema/rest';

/** Faults of node's parser, by its code. */
const REFUSALS: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'the headers are too large; send fewer or shorter ones'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time; send it again, faster'],
};

/** Time that a peer has to read the answer, in milliseconds. */
const TAKE_MS = 1_000;

/** Answers a connection on which no request could be read, and closes it, whether its peer does or not. */
export function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, text] = REFUSALS[error.code ?? ''] ?? [400, `this is no HTTP request: ${error.message}`];
  answerRefused(socket, status, new DomainError('invalid', 'REQUEST_BROKEN', text));
}

/**
 * Answers a connection with a problem before any request of it, and closes it, whether its peer does or not.
 */
export function answerRefused(socket: Duplex, status: number, error: DomainError): void {
  const body = JSON.stringify(toProblem(error, status));
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\ncontent-length: ` +
      `${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  setTimeout(() => {
    socket.destroy();
  }, TAKE_MS).unref();
}
