import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { asDomainError, type DomainError } from '@noema/kernel';
import { engineClosed, workerCrashed } from '../engine.errors.js';
import type { Tensors } from '../tensors.js';
import { CLOSE, receiveError, type RunReply, type RunRequest, type WorkerSetup } from './pool.messages.js';

interface Running {
  readonly id: number;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: DomainError) => void;
}

/**
 * One worker thread that runs one call at a time; a thread that ends is replaced by the next call, and the
 * call that it held fails as `unavailable`.
 */
export class PoolThread {
  private worker: Worker | undefined;
  private running: Running | undefined;
  /** Programs that it has ready. */
  sessions = 0;

  constructor(private readonly setup: WorkerSetup) {}

  get backend(): string {
    return this.setup.backend;
  }

  get busy(): boolean {
    return this.running !== undefined;
  }

  run(request: RunRequest): Promise<Tensors> {
    const worker = (this.worker ??= this.start());
    worker.ref();
    return new Promise((resolve, reject) => {
      this.running = { id: request.id, resolve, reject };
      try {
        worker.postMessage(request);
      } catch (error) {
        this.running = undefined;
        reject(asDomainError(error));
      }
    });
  }

  /** Fails the call at once and ends the thread as soon as its batch is computed. */
  async stop(): Promise<void> {
    const { worker, running } = this;
    if (worker === undefined) return;
    this.running = undefined;
    running?.reject(engineClosed());
    const exited = once(worker, 'exit');
    worker.ref(); // the process must not end before a caller that waits for the end
    worker.postMessage(CLOSE);
    await exited;
  }

  private start(): Worker {
    const worker = new Worker(new URL('./pool.worker.js', import.meta.url), {
      workerData: this.setup,
      name: 'engine',
    });
    let failure = 'it was stopped';
    worker.on('message', (reply: RunReply) => {
      this.settle(reply);
    });
    worker.on('error', (error) => {
      failure = error.message;
    });
    worker.on('exit', () => {
      if (this.worker === worker) [this.worker, this.sessions] = [undefined, 0];
      const { running } = this;
      this.running = undefined;
      running?.reject(workerCrashed(failure));
    });
    // An idle engine does not keep the process alive.
    worker.unref();
    return worker;
  }

  private settle(reply: RunReply): void {
    const { running } = this;
    if (running?.id !== reply.id) return;
    this.running = undefined;
    this.worker?.unref();
    if ('error' in reply) running.reject(receiveError(reply.error));
    else {
      this.sessions = reply.sessions;
      running.resolve(reply.outputs);
    }
  }
}
