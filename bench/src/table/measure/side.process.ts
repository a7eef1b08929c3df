import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Figures } from '../row.js';
import { type Turn, TurnMeter } from './turn.meter.js';

/** A program and its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Threads that numerical libraries may use, under the names that they look for. */
const THREAD_SETTINGS = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS', 'NUMBA_NUM_THREADS'];
const PREPARE_LIMIT_S = 900;
const KEPT_OUTPUT = 4_000;

/**
 * A contestant in a process of its own. It loads its data and warms up, says `ready` (with its versions as
 * JSON) on descriptor 3, answers, one of ours, `begin` with `started`, every `go` on its standard input with
 * `done` when the work is done, and `save FOLDER` with `saved` and its own figures; it ends when its input
 * ends.
 */
export class SideProcess {
  versions: Readonly<Record<string, string>> = {};
  private readonly replies: AsyncIterator<string>;
  private readonly closed: Promise<void>;
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    this.closed = new Promise((resolve) => {
      child.once('close', () => {
        resolve();
      });
    });
    this.replies = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
    // The output of libraries is only of interest when they fail.
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => {
        this.output = (this.output + text.toString()).slice(-KEPT_OUTPUT);
      });
    (child.stdin as Writable).on('error', () => undefined);
  }

  /**
   * Starts it and waits until it is warm. Throws with the end of its output when it fails, or is not ready in
   * time.
   */
  static async start({ program, args }: Command, threads: number): Promise<SideProcess> {
    const settings = Object.fromEntries(THREAD_SETTINGS.map((name) => [name, String(threads)]));
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...settings, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    const side = new SideProcess(child);
    child.on('error', (error) => {
      side.output += error.message;
    });
    try {
      side.versions = JSON.parse(await side.reply('ready', PREPARE_LIMIT_S)) as Record<string, string>;
      return side;
    } catch (error) {
      await side.stop();
      throw error;
    }
  }

  /** Has one of ours do what is not measured of a turn. */
  async begin(): Promise<void> {
    this.tell('begin');
    await this.reply('started', PREPARE_LIMIT_S);
  }

  /** Has it do the work once. */
  async turn(limitS: number): Promise<Turn> {
    const meter = new TurnMeter(this.child.pid!);
    try {
      this.tell('go');
      await this.reply('done', limitS);
      return meter.end();
    } finally {
      meter.stop();
    }
  }

  /** Has it write what it made into a folder; gives the figures that it knows itself. */
  async save(folder: string): Promise<Figures> {
    this.tell(`save ${folder}`);
    return JSON.parse(await this.reply('saved', PREPARE_LIMIT_S)) as Figures;
  }

  /** Ends it, and what it has started. */
  async stop(): Promise<void> {
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null)
      return;
    const exited = once(this.child, 'exit');
    this.child.stdin!.end();
    const cut = setTimeout(() => {
      this.kill();
    }, 10_000);
    await exited;
    clearTimeout(cut);
  }

  /** Ends its whole group at once. */
  kill(): void {
    try {
      process.kill(-this.child.pid!, 'SIGKILL');
    } catch {
      /* it has ended */
    }
  }

  private tell(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Waits for a reply of one kind and gives what follows the word. */
  private async reply(word: string, limitS: number): Promise<string> {
    let late = false;
    const cut = setTimeout(() => {
      late = true;
      this.kill();
    }, limitS * 1000);
    const next = await this.replies.next();
    clearTimeout(cut);
    if (late) throw new Error(`it was not ${word} after ${limitS} s`);
    if (next.done === true || !next.value.startsWith(word)) {
      this.kill();
      await this.closed;
      throw new Error(`it ended before it was ${word}: ${reasonIn(this.output)}`);
    }
    return next.value.slice(word.length + 1);
  }
}

/** The line with the reason, as Node and Python write it. */
function reasonIn(output: string): string {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1)!;
}
