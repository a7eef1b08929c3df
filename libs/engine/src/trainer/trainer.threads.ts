import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { asDomainError } from '@noema/kernel';
import { workerCrashed } from '../engine.errors.js';
import { CLOSE, receiveError, sendError } from '../pool/pool.messages.js';
import { Barrier } from './barrier.js';
import { lossMissing, lossNotFinite } from './trainer.errors.js';
import type {
  EpochRequest,
  ScoreBatch,
  ScoredBatch,
  TrainerReply,
  TrainerSetup,
} from './trainer.messages.js';

export interface BatchDone {
  /** From 1. */
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
}

/** Heap size of a thread, including external memory, below which no mark phase starts. */
const FIRST_HEAP_MB = 128;

type Done = Extract<TrainerReply, { kind: 'done' }>;

/** The worker threads of one training; they start with the first epoch. */
export class TrainerThreads {
  private readonly threads: Worker[] = [];

  constructor(private readonly shared: Omit<TrainerSetup, 'worker'>) {}

  /**
   * Runs an epoch on all threads. Throws `precondition` LOSS_NOT_FINITE, `unavailable` if a thread crashes,
   * and errors of a thread or the listener.
   */
  async run(request: EpochRequest, onBatch?: (done: BatchDone) => void, score?: ScoreBatch): Promise<Done> {
    const batches = Math.ceil(request.order.length / this.shared.batchSize);
    while (this.threads.length < this.shared.workers) this.threads.push(this.start(this.threads.length));
    const listening = new AbortController();
    try {
      return await Promise.race([
        new Promise<Done>((resolve, reject) => {
          for (const thread of this.threads) {
            thread.on('message', (reply: TrainerReply) => {
              if (reply.kind === 'batch')
                attempt(() => onBatch?.({ batch: reply.batch + 1, batches, loss: reply.loss }), reject);
              else if (reply.kind === 'done') resolve(reply);
              else if (reply.kind === 'score') void this.answer(thread, reply, score);
              else if (reply.kind === 'failed') reject(receiveError(reply.error));
              else reject(lossNotFinite(request.epoch, reply.batch, reply.loss));
            });
            thread.postMessage(request);
          }
        }),
        ...this.threads.map((thread) => failWhenItEnds(thread, listening.signal)),
      ]);
    } finally {
      listening.abort();
      for (const thread of this.threads) thread.removeAllListeners('message');
    }
  }

  /** Ends the threads after their current work. */
  async close(): Promise<void> {
    new Barrier(this.shared.control, 0, this.shared.workers).break();
    await Promise.all(
      this.threads.splice(0).map(async (thread) => {
        if (thread.threadId === -1) return;
        const exited = once(thread, 'exit');
        thread.postMessage(CLOSE);
        await exited;
      }),
    );
  }

  /** Sends a worker the losses that it asks for, or why there are none. */
  private async answer(
    thread: Worker,
    { rows, predictions }: Extract<TrainerReply, { kind: 'score' }>,
    score: ScoreBatch | undefined,
  ): Promise<void> {
    let answer: ScoredBatch;
    try {
      const { dims } = this.shared.scored!;
      if (score === undefined) throw lossMissing();
      answer = { kind: 'scored', scores: await score({ rows, predictions, dims }) };
    } catch (error) {
      answer = { kind: 'scored', error: sendError(asDomainError(error)) };
    }
    thread.postMessage(answer);
  }

  private start(worker: number): Worker {
    const setup: TrainerSetup = { ...this.shared, worker };
    // Applies to heaps that are created from now on. The runtime's outputs count as heap memory, which would
    // otherwise trigger a full mark after every few steps; most of it is short-lived, and a scavenge frees
    // it.
    setFlagsFromString(`--initial-old-space-size=${FIRST_HEAP_MB}`);
    return new Worker(new URL('./trainer.worker.js', import.meta.url), {
      workerData: setup,
      name: `trainer ${worker}`,
    });
  }
}

async function failWhenItEnds(thread: Worker, signal: AbortSignal): Promise<never> {
  // `once` rejects with the thread's own error.
  await once(thread, 'exit', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw workerCrashed(error instanceof Error ? error.message : String(error));
  });
  throw workerCrashed('it was stopped');
}

/** A listener that throws ends the epoch, not the process. */
function attempt(work: () => void, failed: (error: Error) => void): void {
  try {
    work();
  } catch (error) {
    failed(error as Error);
  }
}
