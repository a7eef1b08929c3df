import { listProcesses } from '@noema/kernel/processes';

/** Names of bubblewrap's processes in the kernel until they become the sandboxed program. */
const PROGRAM = 'bwrap';

/**
 * Kills the starting sandboxes that a killed service has left behind: bwrap forks a child that waits for its
 * parent without end, and sets the parent-death signal only later. Such a child is in the process group of a
 * parent that has ended. `host` is the host name of our sandboxes. Returns the number of killed sandboxes.
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
