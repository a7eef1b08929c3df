import { readdir, readFile } from 'node:fs/promises';

/** A process as Linux showed it under /proc at the time of the call. */
export interface ProcessEntry {
  readonly pid: number;
  /** Name of the program, at most 15 bytes. */
  readonly name: string;
  /** Id of its process group. */
  readonly group: number;
  /** Command line, starting with the program. Empty during an exec. */
  readonly args: readonly string[];
  /** Environment at the start, as `NAME=value`. Empty if this process may not read it. */
  readonly environment: readonly string[];
}

/** Lists the visible processes. Empty where there is no /proc. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => findProcess(Number(pid))))).filter(
    (entry) => entry !== undefined,
  );
}

/** Returns the process with this id, or `undefined` if there is none. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  const [stat, args, environment] = await Promise.all(
    ['stat', 'cmdline', 'environ'].map((part) => readFile(`/proc/${pid}/${part}`, 'utf8').catch(() => '')),
  );
  // `pid (name) state ppid pgrp …`; a name may contain spaces and parentheses.
  const [, name, group] = /^\d+ \((.*)\) \S+ \d+ (\d+) /s.exec(stat!) ?? [];
  return name === undefined
    ? undefined
    : { pid, name, group: Number(group), args: parseList(args!), environment: parseList(environment!) };
}

/** Each entry ends with a zero byte. */
const parseList = (text: string): string[] => text.split('\0').slice(0, -1);
