import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Fault of one exchange; `undefined` for none. Byte counts refer to the response body. */
export type HttpFault =
  | { readonly answer: number; readonly body?: string }
  | { readonly resets: true }
  | { readonly hangs: true }
  | { readonly cutAfterBytes: number }
  | { readonly stallAfterBytes: number }
  | { readonly tricklesBytesPerSecond: number }
  | { readonly flipsByte: number }
  | { readonly losesAnswer: true }
  | undefined;

/** An HTTP proxy in front of one server that injects faults. */
export interface FaultProxy {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Every request that came, as `METHOD /path?query`, from the first or from the last call of `hurt`. */
  readonly requests: readonly string[];
  /** Decides for each request from now on; forgets the requests that came. */
  hurt(fault: (request: IncomingMessage) => HttpFault): void;
  /** Removes all faults and ends hanging exchanges. */
  heal(): void;
  close(): Promise<void>;
}

const NONE: Exclude<HttpFault, undefined> = { cutAfterBytes: Infinity };

/**
 * Starts a proxy in front of `target`, an `http://host:port`. The Host header is unchanged, so that
 * signatures stay valid.
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const [{ hostname, port }, requests] = [new URL(target), [] as string[]];
  let decide: (request: IncomingMessage) => HttpFault = () => undefined;
  const hanging = new Set<IncomingMessage>();

  const forward = (incoming: IncomingMessage, answered: (answer: IncomingMessage) => void): void => {
    const outgoing = request(
      { host: hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      answered,
    );
    outgoing.on('error', () => incoming.socket.destroy());
    incoming.pipe(outgoing);
  };

  const handle = (incoming: IncomingMessage, response: ServerResponse): void => {
    requests.push(`${incoming.method} ${incoming.url}`);
    const fault = decide(incoming) ?? NONE;
    if ('resets' in fault) incoming.socket.resetAndDestroy();
    else if ('hangs' in fault) hanging.add(incoming.resume());
    else if ('answer' in fault)
      incoming
        .resume()
        .once('end', () =>
          response
            .writeHead(fault.answer, { 'content-length': Buffer.byteLength(fault.body ?? '') })
            .end(fault.body ?? ''),
        );
    else
      forward(incoming, (answer) => {
        if ('losesAnswer' in fault) return void answer.resume().once('end', () => incoming.socket.destroy());
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        response.flushHeaders();
        pass(answer, {
          response,
          fault,
          hang: () => {
            hanging.add(incoming);
          },
        }).catch(() => incoming.socket.destroy());
      });
  };

  const server = createServer(handle);
  server.keepAliveTimeout = 0;
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    hurt: (fault) => {
      requests.length = 0;
      decide = fault;
    },
    heal: () => {
      decide = () => undefined;
      for (const incoming of hanging) incoming.socket.destroy();
      hanging.clear();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => {
          closed();
        });
        server.closeAllConnections();
      }),
  };
}

interface Passing {
  readonly response: ServerResponse;
  readonly fault: object;
  readonly hang: () => void;
}

async function pass(answer: IncomingMessage, { response, fault, hang }: Passing): Promise<void> {
  const at = (key: string): number => (fault as Record<string, number>)[key] ?? Infinity;
  const [cut, stall, flip, rate] = [
    at('cutAfterBytes'),
    at('stallAfterBytes'),
    at('flipsByte'),
    at('tricklesBytesPerSecond'),
  ];
  let sent = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const step = Math.max(1, Math.min(chunk.length, rate / 20));
    for (let from = 0; from < chunk.length; from += step) {
      const part = Buffer.from(chunk.subarray(from, from + step));
      if (flip >= sent && flip < sent + part.length) part[flip - sent]! ^= 1;
      const most = Math.min(cut, stall) - sent;
      if (part.length > most) {
        response.write(part.subarray(0, most));
        if (cut > stall) return hang();
        throw new Error('cut');
      }
      if (!response.write(part) && !response.destroyed) await drained(response);
      if (response.destroyed) return;
      sent += part.length;
      if (Number.isFinite(rate)) await delay(50);
    }
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}
