import { readFileSync } from 'node:fs';
import { peakBytesOf, processTree } from '../process.tree.js';

/** The highest resident memory of every process below one, by what it runs; looked at twice a second. Linux only. */
export class MemoryPeaks {
  private readonly peaks = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly root: () => number) {
    this.timer = setInterval(() => { this.look(); }, 500);
  }

  /** Bytes by name, the largest first; processes of the same name count by their largest. */
  get all(): readonly (readonly [string, number])[] {
    return [...this.peaks].sort(([, a], [, b]) => b - a);
  }

  forget(): void {
    this.peaks.clear();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const pid of processTree(this.root())?.pids ?? []) {
      const name = nameOf(pid), bytes = peakBytesOf(pid);
      if (bytes > (this.peaks.get(name) ?? 0)) this.peaks.set(name, bytes);
    }
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
};

const PROGRAM = /\/dist\/([a-z]+)-(main|worker)\.js$/;

/** `activations worker` of `…/dist/activations-worker.js`, else the program's name. */
function nameOf(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`).split('\0');
  const [, service, file] = PROGRAM.exec(words.findLast((word) => PROGRAM.test(word)) ?? '') ?? [];
  return service === undefined ? (words[0] ?? '').split('/').at(-1)!.split(':')[0]! : `${service} ${file}`;
}
