import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended and that its parent has not yet waited for, a zombie, has ended. */
export function processLives(pid: number): boolean {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
