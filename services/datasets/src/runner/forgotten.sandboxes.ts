import { readdir, readFile } from 'node:fs/promises';

/** What the kernel calls bubblewrap's processes until they become the sandboxed program. */
const COMMAND = 'bwrap';

interface Seen {
  readonly pid: number;
  readonly command: string;
  readonly group: number;
}

/**
 * Kills what a service that was killed itself has left of sandboxes that were starting: bwrap forks a child that waits for its parent without end, and only later is
 * told to die with it. Such a child is in the group of a parent that is gone. `host` is the host name of our sandboxes.
 */
export async function endForgottenSandboxes(host: string): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const seen = (await Promise.all(pids.map(seenOf))).flat();
  const living = new Set(seen.map(({ pid }) => pid));
  let ended = 0;
  for (const { pid, command, group } of seen) {
    if (command !== COMMAND || living.has(group) || !(await isOurs(pid, host))) continue;
    try {
      process.kill(pid, 'SIGKILL');
      ended++;
    } catch {
      // It has ended by itself, or is another user's.
    }
  }
  return ended;
}

/** `pid (command) state ppid pgrp …`; a command may have spaces and brackets. */
async function seenOf(name: string): Promise<Seen[]> {
  const [, command, group] = /^\d+ \((.*)\) \S+ \d+ (\d+) /s.exec(await readFile(`/proc/${name}/stat`, 'latin1').catch(() => '')) ?? [];
  return command === undefined ? [] : [{ pid: Number(name), command, group: Number(group) }];
}

async function isOurs(pid: number, host: string): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')).includes(`\0--hostname\0${host}\0`);
}
