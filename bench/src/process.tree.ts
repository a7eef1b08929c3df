import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** The kernel counts processor time in hundredths of a second for everybody outside it. */
export const TICKS_PER_SECOND = 100;

/** A process with its descendants, as /proc shows them. Linux only. */
export interface ProcessTree {
  readonly pids: readonly number[];
  /** Processor time of all of them, and of their children that have ended. */
  readonly ticks: number;
  readonly residentBytes: number;
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly own: number;
  /** With that of children that have ended. */
  readonly ticks: number;
}

/** Returns the current tree below a process; `undefined` where there is no /proc. */
export function processTree(root: number): ProcessTree | undefined {
  const stats = statsOfAll();
  if (stats === undefined) return undefined;
  const children = new Map<number, Stat[]>();
  for (const stat of stats) children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat]);
  const found: Stat[] = [];
  const open = stats.filter(({ pid }) => pid === root);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    found.push(next);
    open.push(...(children.get(next.pid) ?? []));
  }
  return {
    pids: found.map(({ pid }) => pid),
    ticks: found.reduce((sum, { ticks }) => sum + ticks, 0),
    residentBytes: found.reduce((sum, { pid }) => sum + readResidentBytes(pid), 0),
  };
}

/** Processor time of a process alone; 0 when it has ended. */
export const readTicks = (pid: number): number => readStat(pid)?.own ?? 0;

/** Lets the kernel measure the largest resident memory of a process anew. */
export function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    /* it has ended, or the kernel does not have it: then the peak of its whole life is taken */
  }
}

/** Resident bytes of a process; 0 when it has ended. */
export const readResidentBytes = (pid: number): number => statusBytes(pid, 'VmRSS');

/** Largest resident bytes of a process since the reset; 0 when it has ended. */
export const readPeakBytes = (pid: number): number => statusBytes(pid, 'VmHWM');

/** Ticks in which the processors of this machine were busy, and all ticks. */
export function machineBusyTicks(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync(
    '/proc/stat',
    'utf8',
  )
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

function statsOfAll(): Stat[] | undefined {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStat(Number(name)) ?? []);
  } catch {
    return undefined;
  }
}

function readStat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the process may hold blanks; behind its bracket everything is in place.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const own = fields[11]! + fields[12]!;
    return { pid, parent: fields[1]!, own, ticks: own + fields[13]! + fields[14]! };
  } catch {
    return undefined;
  }
}

function statusBytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  try {
    return (
      1024 *
      Number(
        new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0,
      )
    );
  } catch {
    return 0;
  }
}
