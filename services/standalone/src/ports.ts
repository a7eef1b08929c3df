import { createServer } from 'node:net';
import { freePort } from '@noema/embedded-postgres';
import { portInUse } from './platform.errors.js';

/** The port to listen on: the given one, or any free one for 0. Throws `precondition` PORT_IN_USE. */
export async function claimPort(port: number): Promise<number> {
  if (port === 0) return freePort();
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => { reject(error.code === 'EADDRINUSE' ? portInUse(port) : error); });
    probe.listen(port, '127.0.0.1', () => { probe.close(() => { resolve(); }); });
  });
  return port;
}

/** As many different free ports as there are names, as `host:port` by name. */
export async function loopbackAddresses(names: readonly string[]): Promise<Record<string, string>> {
  const ports = new Set<number>();
  while (ports.size < names.length) ports.add(await freePort());
  return Object.fromEntries([...ports].map((port, i) => [names[i]!, `127.0.0.1:${port}`]));
}
