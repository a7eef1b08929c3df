import { createServer } from 'node:net';

/**
 * A TCP port of 127.0.0.1 on which no process listened a moment ago; whoever binds it must still be ready to
 * lose the race.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
