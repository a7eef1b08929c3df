import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FloodOrder, FloodReport } from './flood.js';

/**
 * Lets one team flood from a process of its own, and `work` run once the flood has started; returns the
 * results of both.
 */
export async function whileFlooded<T>(
  order: FloodOrder,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly flood: FloodReport }> {
  const child = fork(fileURLToPath(new URL('./flood.js', import.meta.url)), [JSON.stringify(order)]);
  try {
    await once(child, 'message', { signal: AbortSignal.timeout(60_000) }); // it flows
    const result = await work();
    const said = once(child, 'message') as Promise<[FloodReport]>;
    child.send('stop');
    const [flood] = await said;
    return { result, flood };
  } finally {
    child.kill('SIGKILL');
  }
}
