import { FairSemaphore } from '@noema/kernel';
import { runInThread } from '@noema/threads';
import type { ModelInfo, TensorSpec } from '../model/model.js';
import { compilersBusy, compileTimedOut, modelTooDeep } from '../model/model.errors.js';
import type { ModelCompiler } from '../model/model.ports.js';
import type { OutputInfo } from '../run/objective.js';
import type { RunSettings } from '../run/run.js';
import type { RunPlanner } from './training.ports.js';

const SCRIPT = new URL('./compiler.worker.js', import.meta.url);

export interface CompilerOptions {
  /** Longest time of one compilation, and longest wait for a thread, in milliseconds. */
  readonly limitMs?: number;
  /** The module of the threads. */
  readonly script?: URL;
}

/**
 * Compiles models in threads beside the event loop, two at a time of which one team has at most one, each
 * within a limit of time.
 */
export class CompilerThreads implements ModelCompiler, RunPlanner {
  private readonly turns = new FairSemaphore(2);
  private readonly limitMs: number;
  private readonly script: URL;

  constructor({ limitMs = 20_000, script = SCRIPT }: CompilerOptions = {}) {
    this.limitMs = limitMs;
    this.script = script;
  }

  inspectLayers(topology: unknown, teamId: string): Promise<ModelInfo> {
    return this.run(teamId, 'inspectLayers', topology);
  }

  inspect(artifact: unknown, teamId: string): Promise<ModelInfo> {
    return this.run(teamId, 'inspect', artifact);
  }

  outputsOf(topology: unknown, teamId: string): Promise<OutputInfo[]> {
    return this.run(teamId, 'outputsOf', topology);
  }

  plan(topology: unknown, settings: RunSettings, teamId: string): Promise<TensorSpec[]> {
    return this.run(teamId, 'plan', { artifact: topology, settings });
  }

  /**
   * Throws what the task throws, `exhausted` COMPILERS_BUSY, and `invalid` MODEL_TOO_DEEP or, when the thread
   * is ended, COMPILE_TIMED_OUT.
   */
  private async run<T>(teamId: string, name: string, data: unknown): Promise<T> {
    const { script, limitMs } = this;
    const leave = await within(
      limitMs,
      () => compilersBusy(limitMs),
      (signal) => this.turns.take(teamId, signal),
    );
    try {
      return await within(
        limitMs,
        () => compileTimedOut(limitMs),
        (signal) => runInThread<T>({ script, name, data, signal }),
      );
    } catch (error) {
      // a message between threads is walked with the stack
      throw error instanceof RangeError ? modelTooDeep(error) : error;
    } finally {
      leave();
    }
  }
}

/** Aborts the work after a time, with the error. */
async function within<T>(
  limitMs: number,
  error: () => Error,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort(error());
  }, limitMs);
  try {
    return await work(ending.signal);
  } finally {
    clearTimeout(timer);
  }
}
