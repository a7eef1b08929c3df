import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DomainError, type ErrorKind } from '@noema/kernel';
import type { BasisOptions } from './basis.js';
import type { PerceptionSpace } from './perception-space.js';
import type { ResponseLayout } from './response-layout.js';

/** What the thread gets. */
export interface FitRequest {
  readonly moments: Uint8Array<ArrayBuffer>;
  readonly layout: ResponseLayout;
  readonly space: PerceptionSpace;
  readonly options: BasisOptions;
}

/** What it answers. */
export interface FitAnswer {
  readonly basis?: Uint8Array;
  readonly fault?: { readonly kind: ErrorKind; readonly reason: string; readonly message: string; readonly metadata: Readonly<Record<string, string>> };
}

/** A thread whose code has run before takes a third of the time, and a run asks again after every epoch. */
const KEPT_MS = 120_000;
/** One that has held larger moments is not kept: they would stay in its heap. */
const KEPT_BYTES = 16 * 2 ** 20;

/** A thread that fits bases, one at a time. The one that was given back last is kept for the next who takes one; idle, it does not keep the process alive. */
export class FitThread {
  private static kept: FitThread | undefined;
  private readonly worker = new Worker(new URL('./fit.worker.js', import.meta.url));
  private timer: NodeJS.Timeout | undefined;
  private largestBytes = 0;

  private constructor() {
    this.worker.once('exit', () => { this.forget(); });
  }

  static take(): FitThread {
    const thread = FitThread.kept ?? new FitThread();
    thread.forget();
    thread.worker.ref();
    return thread;
  }

  /** Throws `internal` THREAD_ENDED when the thread ends before it has answered. */
  async fit(request: FitRequest): Promise<FitAnswer> {
    const { worker } = this, listening = new AbortController();
    this.largestBytes = Math.max(this.largestBytes, request.moments.byteLength);
    try {
      const ended = once(worker, 'exit', { signal: listening.signal }).then(() => { throw new DomainError('internal', 'THREAD_ENDED', 'the thread that fits the basis ended early'); });
      worker.postMessage(request, [request.moments.buffer]);
      return await Promise.race([once(worker, 'message', { signal: listening.signal }).then(([answer]) => answer as FitAnswer), ended]);
    } finally {
      listening.abort();
    }
  }

  giveBack(): void {
    if (FitThread.kept !== undefined || this.largestBytes > KEPT_BYTES) {
      this.end();
      return;
    }
    FitThread.kept = this;
    this.worker.unref();
    this.timer = setTimeout(() => { this.end(); }, KEPT_MS).unref();
  }

  end(): void {
    this.forget();
    void this.worker.terminate();
  }

  private forget(): void {
    clearTimeout(this.timer);
    if (FitThread.kept === this) FitThread.kept = undefined;
  }
}
