import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server of the attacker, which nothing of the platform may ever call. */
export interface TrapServer {
  readonly url: string;
  /** Connections that came. */
  readonly hits: () => number;
  close(): Promise<void>;
}

export async function startTrap(): Promise<TrapServer> {
  let hits = 0;
  const server = createServer((socket) => {
    hits++;
    socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trap`,
    hits: () => hits,
    close: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}
