import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A line to a server: how long a byte takes, and how many pass in a second, each in both directions. */
export interface LineQuality {
  readonly delayMs: number;
  readonly bytesPerSecond: number;
}

/** A TCP proxy in front of one server. */
export interface SlowLine {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Bytes that came from clients so far. */
  readonly sentBytes: () => number;
  close(): void;
}

/** Starts a proxy in front of `target`, which is `host:port`. */
export async function startSlowLine(target: string, quality: LineQuality): Promise<SlowLine> {
  const [host, port] = target.split(':');
  const sockets = new Set<Socket>();
  let sent = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [from, to, count] of [
      [client, upstream, true],
      [upstream, client, false],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      void carry(from, to, quality, (bytes) => {
        if (count) sent += bytes;
      });
    }
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    sentBytes: () => sent,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Passes bytes on at the rate of the line, each chunk after its delay and in order. */
async function carry(
  from: Socket,
  to: Socket,
  { delayMs, bytesPerSecond }: LineQuality,
  count: (bytes: number) => void,
): Promise<void> {
  let freeAt = performance.now();
  let last: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      count(chunk.length);
      freeAt = Math.max(freeAt, performance.now()) + (1000 * chunk.length) / bytesPerSecond;
      const due = freeAt + delayMs;
      const before = last;
      last = delay(Math.max(0, due - performance.now())).then(async () => {
        await before;
        if (!to.destroyed) to.write(chunk);
      });
      // The sender notices a slow line by what its socket takes.
      await delay(Math.max(0, freeAt - performance.now()));
    }
    await last;
    to.end();
  } catch {
    to.destroy();
  }
}
