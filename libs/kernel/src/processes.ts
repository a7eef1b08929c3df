import { readdir, readFile } from 'node:fs/promises';

/** A process that Linux shows under /proc, as it was when it was looked at. */
export interface ProcessEntry {
  readonly pid: number;
  /** Name of its program, at most 15 bytes. */
  readonly name: string;
  /** Number of its process group. */
  readonly group: number;
  /** What it was called with, its program first; empty while it begins another program. */
  readonly args: readonly string[];
  /** Its variables as `NAME=value`, as they were when it began; empty where they are not ours to read. */
  readonly environment: readonly string[];
}

/** Lists the processes that this one sees; none where there is no /proc. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => findProcess(Number(pid))))).filter(
    (entry) => entry !== undefined,
  );
}

/** Returns the process with this number, or `undefined` when there is none. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  const [stat, args, environment] = await Promise.all(
    ['stat', 'cmdline', 'environ'].map((part) => readFile(`/proc/${pid}/${part}`, 'utf8').catch(() => '')),
  );
  // `pid (name) state ppid pgrp …`; a name may hold spaces and brackets.
  const [, name, group] = /^\d+ \((.*)\) \S+ \d+ (\d+) /s.exec(stat!) ?? [];
  return name === undefined
    ? undefined
    : { pid, name, group: Number(group), args: listOf(args!), environment: listOf(environment!) };
}

/** Each entry ends with a zero byte. */
const listOf = (text: string): string[] => text.split('\0').slice(0, -1);
