import { listProcesses } from '@noema/kernel/processes';

/** Names of bubblewrap's processes in the kernel until they become the sandboxed program. */
const PROGRAM = 'bwrap';

/**
 * Kills what a service that was killed itself has left of sandboxes that were starting: bwrap forks a child
 * that waits for its parent without end, and only later is told to die with it. Such a child is in the group
 * of a parent that is gone. `host` is the host name of our sandboxes. Returns how many it has ended.
 */
export async function endForgottenSandboxes(host: string): Promise<number> {
  const processes = await listProcesses();
  const living = new Set(processes.map(({ pid }) => pid));
  let ended = 0;
  for (const { pid, name, group, args } of processes) {
    if (name !== PROGRAM || living.has(group) || args[args.indexOf('--hostname') + 1] !== host) continue;
    try {
      process.kill(pid, 'SIGKILL');
      ended++;
    } catch {
      // It has ended by itself, or is another user's.
    }
  }
  return ended;
}
