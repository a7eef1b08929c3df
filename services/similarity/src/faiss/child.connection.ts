import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { DomainError } from '@noema/kernel';
import { faissCrashed, faissRefused, faissTimedOut, indexClosed } from './faiss.errors.js';
import type { FaissSettings } from './faiss.library.js';
import type { FaissResponse, FaissQuery, FaissRequest, FaissResult } from './faiss.messages.js';

interface Waiting {
  readonly request: FaissRequest;
  readonly resolve: (result: never) => void;
  readonly reject: (error: DomainError) => void;
}

const CHILD = fileURLToPath(new URL('./faiss.child.js', import.meta.url));
const LAST_WORDS = 500;

/**
 * Runs the child under a hard limit of memory, three quarters of what there is: an index that claims more
 * than that fails in faiss' own words instead of taking what the kernel lends freely. Without util-linux'
 * `prlimit` the child has no limit of its own.
 */
function limited(): { readonly execPath?: string; readonly execArgv: string[] } {
  const prlimit = ['/usr/bin/prlimit', '/bin/prlimit'].find((path) => existsSync(path));
  if (prlimit === undefined) return { execArgv: [] };
  const bytes = Math.floor(0.75 * Math.min(totalmem(), process.constrainedMemory() || Infinity));
  return { execPath: prlimit, execArgv: [`--data=${bytes}`, '--', process.execPath] };
}

/** How long the child may be silent: until its first answer, for which it has to start, and then. */
export interface ResponseLimits {
  readonly startMs: number;
  readonly answerMs: number;
}

/** One life of the child. Whatever ends it, every call that waits is answered. */
export class ChildConnection {
  /** Resident memory of the child at its last answer; 0 before the first. */
  rssBytes = 0;
  /** Settled when the process has ended; true when no caller had requested its end. */
  readonly ended: Promise<boolean>;
  private readonly child: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private timer: NodeJS.Timeout | undefined;
  private next = 0;
  private reason: DomainError | undefined;
  private asked = false;
  private draining = false;
  private lastWords = '';

  constructor(
    { library, threads }: FaissSettings,
    private readonly limits: ResponseLimits,
  ) {
    this.child = fork(CHILD, [library], {
      serialization: 'advanced',
      ...limited(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // Threads of OpenBLAS in addition to the threads of OpenMP, and threads that wait in a busy loop, make
      // small batches many times slower.
      env: {
        OPENBLAS_NUM_THREADS: '1',
        OMP_WAIT_POLICY: 'passive',
        ...(threads > 0 && { OMP_NUM_THREADS: String(threads) }),
      },
    });
    this.child.stderr!.on('data', (text: Buffer) => {
      this.lastWords = (this.lastWords + text.toString()).slice(-LAST_WORDS);
    });
    this.child.on('message', (answer) => {
      this.settle(answer as FaissResponse);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.end(how);
        resolve(!this.asked);
      };
      this.child.on('close', (code, signal) => {
        end(signal ?? `exit code ${code}`);
      });
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) end(error.message);
      });
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Throws `unavailable` FAISS_DIED or FAISS_SILENT when the child does not live to answer, `internal`
   * FAISS_REFUSED.
   */
  call<R extends FaissRequest>(request: R): Promise<FaissResult<R>> {
    return new Promise((resolve, reject) => {
      if (this.reason !== undefined) {
        reject(this.reason);
        return;
      }
      const id = this.next++;
      this.waiting.set(id, { request, resolve, reject });
      if (this.waiting.size === 1) this.watch();
      // A failed send means that the process is going: 'close' answers.
      this.child.send({ id, request } satisfies FaissQuery, () => undefined);
    });
  }

  /** Ends the process now; it keeps nothing that would be lost. */
  async stop(): Promise<void> {
    this.asked = true;
    this.reason ??= indexClosed();
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Ends the process when the calls that wait are answered. */
  drain(): void {
    this.draining = true;
    if (this.waiting.size === 0) void this.stop();
  }

  private settle(answer: FaissResponse): void {
    const waiting = this.waiting.get(answer.id);
    if (waiting === undefined) return;
    this.waiting.delete(answer.id);
    this.rssBytes = answer.rssBytes;
    this.watch();
    if ('error' in answer) waiting.reject(faissRefused(waiting.request.op, answer.error));
    else waiting.resolve(answer.result as never);
    if (this.draining) this.drain();
  }

  /** The child answers in order, so one clock for the oldest call is enough. */
  private watch(): void {
    clearTimeout(this.timer);
    const oldest = this.waiting.values().next().value;
    if (oldest === undefined) return;
    const limitMs = this.rssBytes === 0 ? this.limits.startMs : this.limits.answerMs;
    this.timer = setTimeout(() => {
      this.reason = faissTimedOut(oldest.request.op, limitMs);
      this.child.kill('SIGKILL');
    }, limitMs);
  }

  private end(how: string): void {
    clearTimeout(this.timer);
    this.reason ??= faissCrashed(how, this.lastWords.trim());
    for (const { reject } of this.waiting.values()) reject(this.reason);
    this.waiting.clear();
  }
}
