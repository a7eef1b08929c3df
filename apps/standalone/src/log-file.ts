import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Size above which the content moves to `<name>.jsonl.1`. */
const MAX_BYTES = 32 * 1024 * 1024;
const LOOK_MS = 30_000;

export interface LogFileOptions {
  readonly maxBytes?: number;
  /** How often the size is checked, in addition to the checks after own lines. */
  readonly lookMs?: number;
}

/**
 * An append-only JSON-lines file of one process. Writing never throws: a line that does not fit on the disk
 * is dropped and counted, and the count is written when there is room again. Above a size the content moves
 * to `.1`, while the file stays the same, because child processes write into it too.
 */
export class LogFile {
  readonly fd: number;
  private readonly path: string;
  private readonly maxBytes: number;
  private readonly timer: NodeJS.Timeout;
  private dropped = 0;
  private unlookedBytes = 0;

  constructor(
    directory: string,
    name: string,
    { maxBytes = MAX_BYTES, lookMs = LOOK_MS }: LogFileOptions = {},
  ) {
    this.path = join(directory, `${name}.jsonl`);
    this.maxBytes = maxBytes;
    this.fd = openSync(this.path, 'a', 0o600);
    this.rotate();
    this.timer = setInterval(() => {
      this.rotate();
    }, lookMs).unref();
  }

  /** Appends one line of the supervisor's own about the process. */
  event(level: 'info' | 'warn' | 'error', msg: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.write(formatLine(level, msg, fields));
  }

  /** Appends what a logger has written. */
  write(line: string): void {
    // A disk that ran full took a part of a line.
    const missing =
      this.dropped === 0
        ? ''
        : '\n' +
          formatLine('warn', 'lines of this log were dropped because they could not be written', {
            dropped: this.dropped,
          });
    if (!this.append(missing + line)) {
      this.dropped++;
      return;
    }
    if (missing !== '') this.dropped = 0;
    this.unlookedBytes += line.length;
    if (this.unlookedBytes > this.maxBytes / 8) this.rotate();
  }

  close(): void {
    clearInterval(this.timer);
    closeSync(this.fd);
  }

  private append(text: string): boolean {
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(this.fd, bytes, at);
      return true;
    } catch {
      return false;
    }
  }

  private rotate(): void {
    this.unlookedBytes = 0;
    try {
      if (fstatSync(this.fd).size <= this.maxBytes) return;
      rmSync(`${this.path}.1`, { force: true });
      copyFileSync(this.path, `${this.path}.1`);
    } catch {
      rmSync(`${this.path}.1`, { force: true }); // no room for it: the log gives way to the data
    }
    try {
      if (fstatSync(this.fd).size > this.maxBytes) ftruncateSync(this.fd);
    } catch {
      // It stays large, and is looked at again.
    }
  }
}

const formatLine = (level: string, msg: string, fields: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ level, time: new Date().toISOString(), service: 'standalone', ...fields, msg })}\n`;
