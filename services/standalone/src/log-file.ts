import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const LARGE_BYTES = 32 * 1024 * 1024;

/** An append-only JSON-lines file of one process; a large one is set aside as `.1` when the platform starts. */
export class LogFile {
  readonly fd: number;

  constructor(directory: string, name: string) {
    const path = join(directory, `${name}.jsonl`);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGE_BYTES) renameSync(path, `${path}.1`);
    this.fd = openSync(path, 'a', 0o600);
  }

  /** Appends one line of the supervisor's own about the process. */
  event(level: 'info' | 'warn' | 'error', msg: string, fields: Readonly<Record<string, unknown>> = {}): void {
    writeSync(this.fd, `${JSON.stringify({ level, time: new Date().toISOString(), service: 'standalone', ...fields, msg })}\n`);
  }

  /** Appends what a logger has written. */
  write(line: string): void {
    writeSync(this.fd, line);
  }

  close(): void {
    closeSync(this.fd);
  }
}
