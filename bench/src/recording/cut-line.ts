import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a line is cut: connections are refused, or everything that is sent is lost while they stay open. */
export type Cut = 'refused' | 'lost';

/** A TCP proxy in front of one server that can be cut. */
export interface CutLine {
  /** `127.0.0.1:port` */
  readonly address: string;
  cut(how: Cut): void;
  mend(): void;
  close(): void;
}

/** Starts a proxy in front of the address that `target` gives, which is read for each connection. */
export async function startCutLine(target: () => Promise<string>): Promise<CutLine> {
  let state: Cut | 'whole' = 'whole';
  const sockets = new Set<Socket>();
  const add = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    add(client);
    if (state === 'refused') {
      client.resetAndDestroy();
      return;
    }
    // A connection that saw a cut stays silent for good, as behind a router that has forgotten it.
    let isLost = state === 'lost';
    const pass = (to: Socket) => (chunk: Buffer) => {
      isLost ||= state === 'lost';
      if (!isLost && !to.destroyed) to.write(chunk);
    };
    void target().then((address) => {
      const [host, port] = address.split(':');
      const upstream = connect(Number(port), host);
      add(upstream);
      client.on('data', pass(upstream)).on('close', () => upstream.destroy());
      upstream.on('data', pass(client)).on('close', () => {
        if (!isLost) client.destroy();
      });
    });
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (how) => {
      state = how;
      if (how === 'refused') for (const socket of sockets) socket.resetAndDestroy();
    },
    mend: () => {
      state = 'whole';
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
