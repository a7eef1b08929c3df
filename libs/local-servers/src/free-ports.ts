import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below the range from which systems take ports for outgoing connections: who is started again at its address
 * finds it free.
 */
const [FIRST, LAST] = [12_000, 32_000];

/**
 * So many different TCP ports of 127.0.0.1 that nobody listened on a moment ago; whoever binds them must
 * still be ready to lose the race.
 */
export async function freePorts(count: number): Promise<number[]> {
  const probes: Server[] = [];
  try {
    while (probes.length < count) {
      const probe = await listen(randomInt(FIRST, LAST));
      if (probe !== undefined) probes.push(probe);
    }
    return probes.map((probe) => (probe.address() as { port: number }).port);
  } finally {
    await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  }
}

/** Listens on the port, or gives undefined when somebody else does. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => {
      resolve(probe);
    });
  });
}
