import { timingSafeEqual } from 'node:crypto';
import { createServer, Socket } from 'node:net';
import { CHANNEL_FD } from './runner.protocol.js';

const PATIENCE_MS = 5_000;

/**
 * The channel to who asks: a file descriptor, or in a pod (`--listen <port> <token>`) the first connection
 * that begins with the token.
 */
export function openChannel(mode?: string, port?: string, token = ''): Promise<Socket> {
  if (mode !== '--listen')
    return Promise.resolve(new Socket({ fd: CHANNEL_FD, readable: true, writable: true }));
  const expected = Buffer.from(token);
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      const timer = setTimeout(() => {
        socket.destroy();
      }, PATIENCE_MS);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          clearTimeout(timer);
        });
      const listen = (): void => {
        const said = socket.read(expected.length) as Buffer | null;
        if (said === null) return;
        socket.off('readable', listen);
        clearTimeout(timer);
        if (said.length !== expected.length || !timingSafeEqual(said, expected)) return void socket.destroy();
        server.close();
        resolve(socket);
      };
      socket.on('readable', listen);
    }).listen(Number(port));
  });
}
