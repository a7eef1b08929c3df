import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { cancelled, type DomainError } from '@noema/kernel';
import { type OpenSpan, openSpan } from '@noema/observability';
import { backends } from './backends/backend.registry.js';
import { ExitGate } from './backends/exit.gate.js';
import { countRun, holdFeeds, holdResults, watchThreads } from './engine.metrics.js';
import { engineClosed, inputMissing, inputUnknown, outputUnknown } from './engine.errors.js';
import { PoolThread } from './pool/pool.thread.js';
import type { RowsRequest } from './pool/rows.run.js';
import type { Program } from './program.js';
import { countLanes, sessionBytes, sessionCost, type WorkerLimits } from './programs/activation.memory.js';
import type { Tensors } from './tensors.js';

export interface EngineOptions {
  /** Number of worker threads, each with separate sessions. Default: the number of cores. */
  readonly threads?: number;
  /** Key of the backend; it never falls back to another. */
  readonly backend?: string;
  /**
   * Memory that the process should stay within: bounds the sessions that threads keep ready. A program too
   * large for a session on each thread runs on fewer, with the cores of the others.
   */
  readonly workerBytes?: number | undefined;
}

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Names of the outputs to compute. Default: all. */
  readonly fetches?: readonly string[];
  /**
   * Runs rows of shared memory in batches and writes the requested outputs into shared memory; the run then
   * returns no outputs. See `runRows`.
   */
  readonly rows?: RowsRequest | undefined;
}

interface Call {
  readonly program: Program;
  readonly feeds: Tensors;
  readonly fetches: readonly string[];
  readonly rows: RowsRequest | undefined;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (error: Error) => void;
  readonly askedMs: number;
  readonly span: OpenSpan;
  done: boolean;
}

/**
 * Runs programs in worker threads, because a run blocks its thread; first come, first served.
 * Idle, it does not keep the process alive.
 */
export class Engine {
  private readonly pool: readonly PoolThread[];
  private readonly queue: Call[] = [];
  private readonly backend: string;
  private readonly limits: WorkerLimits;
  /** Programs of a pass forward are best written so: hand the engine over as their options. */
  readonly inGroups: boolean;
  private readonly forget: () => void;
  private counter = 0;
  private closed = false;

  private constructor(
    readonly threads: number,
    { backend = 'cpu', workerBytes }: EngineOptions,
  ) {
    this.limits = { threads, workerBytes };
    const setup = {
      backend: backends.get(backend).key,
      cacheBytes: sessionBytes(workerBytes) / threads,
      gate: ExitGate.own().cells,
    };
    this.backend = setup.backend;
    this.inGroups = backends.get(backend).inGroups;
    this.pool = Array.from({ length: threads }, () => new PoolThread(setup));
    this.forget = watchThreads(this.pool);
  }

  /** Throws `invalid` ENGINE_BACKEND_UNKNOWN. Threads start with the first calls. */
  static start(options: EngineOptions = {}): Engine {
    return new Engine(options.threads ?? availableParallelism(), options);
  }

  /**
   * Runs a program once. Fails with `invalid` PROGRAM_* for feeds or fetches that do not match, `unavailable`
   * if the worker crashes, and `cancelled` as soon as the signal aborts; the running batch is then finished
   * and discarded.
   */
  run(
    program: Program,
    feeds: Tensors,
    {
      signal,
      rows,
      fetches = rows === undefined ? program.outputs.map(({ name }) => name) : Object.keys(rows.into),
    }: RunOptions = {},
  ): Promise<Tensors> {
    return new Promise((resolve, reject) => {
      const refusal = this.findRefusal(program, feeds, fetches, signal);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const abort = (): void => {
        settle(() => {
          reject(cancelled('the run'));
        });
      };
      const settle = (finish: () => void): void => {
        if (call.done) return;
        call.done = true;
        signal?.removeEventListener('abort', abort);
        release();
        call.span.end();
        finish();
      };
      const release = holdFeeds(feeds);
      const call: Call = {
        program,
        feeds,
        fetches,
        rows,
        done: false,
        askedMs: performance.now(),
        span: openSpan('engine run', {
          role: 'internal',
          attributes: {
            'noema.engine.backend': this.backend,
            'noema.engine.program': program.sha256.slice(0, 12),
          },
        }),
        resolve: (outputs) => {
          settle(() => {
            resolve(outputs);
          });
        },
        reject: (error) => {
          settle(() => {
            reject(error);
          });
        },
      };
      // Many runs may wait for one signal.
      if (signal !== undefined) setMaxListeners(0, signal);
      signal?.addEventListener('abort', abort, { once: true });
      this.queue.push(call);
      this.dispatch();
    });
  }

  /** Ends all threads; calls that wait or run fail with `unavailable`. */
  async close(): Promise<void> {
    this.closed = true;
    this.forget();
    for (const call of this.queue.splice(0)) call.reject(engineClosed());
    await Promise.all(this.pool.map((thread) => thread.stop()));
  }

  private findRefusal(
    program: Program,
    feeds: Tensors,
    fetches: readonly string[],
    signal: AbortSignal | undefined,
  ): DomainError | undefined {
    if (this.closed) return engineClosed();
    if (signal?.aborted === true) return cancelled('the run');
    const [inputs, outputs] = [
      program.inputs.map(({ name }) => name),
      program.outputs.map(({ name }) => name),
    ];
    const unknown = Object.keys(feeds).find((name) => !inputs.includes(name));
    if (unknown !== undefined) return inputUnknown(unknown, inputs);
    const missing = inputs.find((name) => feeds[name] === undefined);
    if (missing !== undefined) return inputMissing(missing);
    const unfetched = fetches.find((name) => !outputs.includes(name));
    return unfetched === undefined ? undefined : outputUnknown(unfetched, outputs);
  }

  private dispatch(): void {
    for (const [lane, thread] of this.pool.entries()) {
      const call = thread.busy ? undefined : this.next(lane);
      if (call !== undefined) void this.give(thread, call);
    }
  }

  /** Removes and returns the first call of the queue that this thread may run. */
  private next(lane: number): Call | undefined {
    for (let at = 0; at < this.queue.length; ) {
      const { done, program } = this.queue[at]!;
      if (!done && lane >= this.countLanes(program)) at++;
      else {
        const [call] = this.queue.splice(at, 1);
        if (!done) return call;
      }
    }
    return undefined;
  }

  /** Threads that may open a program. */
  private countLanes({ bytes }: Program): number {
    return countLanes(bytes.byteLength, this.limits);
  }

  private async give(thread: PoolThread, call: Call): Promise<void> {
    const { program, feeds, fetches, rows } = call;
    const { sha256, bytes, memory } = program;
    const begunMs = performance.now();
    const waitMs = begunMs - call.askedMs;
    call.span.set({ 'noema.engine.wait_ms': Math.round(waitMs) });
    try {
      const outputs = await thread.run({
        id: ++this.counter,
        program: {
          ...{ sha256, bytes, isLarge: memory.isLarge, cost: sessionCost(bytes.byteLength, memory) },
          intraOpThreads: Math.floor(this.threads / this.countLanes(program)),
        },
        feeds,
        fetches,
        rows,
      });
      countRun(this.backend, { waitMs, runMs: performance.now() - begunMs });
      holdResults(outputs);
      call.resolve(outputs);
    } catch (error) {
      countRun(this.backend, { waitMs, runMs: performance.now() - begunMs, error });
      call.span.fail(error);
      call.reject(error as Error);
    } finally {
      this.dispatch();
    }
  }
}
