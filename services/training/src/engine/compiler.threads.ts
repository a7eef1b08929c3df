import { Injectable } from '@nestjs/common';
import type { Adaptation } from '@noema/importers';
import { runInSlices } from '@noema/grpc';
import { FairSemaphore, jsonPieces } from '@noema/kernel';
import { runInThread } from '@noema/threads';
import type { CompiledTopology, ModelInfo, TensorSpec } from '../model/model.js';
import type { ModelExport, ModelLimit, WeightStatistics } from '../model/model-card.js';
import type { AdaptedModel } from '../model-adaptation/model-adaptation.js';
import { compilersBusy, compileTimedOut, modelTooDeep } from '../model/model.errors.js';
import type { OutputInfo } from '../run/objective.js';
import type { RunSettings } from '../run/run.js';

/** A model without its stored form, which a thread would copy for nothing. */
export type InspectedModel = Omit<ModelInfo, 'artifact'>;

const SCRIPT = new URL('./compiler.worker.js', import.meta.url);

export interface CompilerOptions {
  /** Longest time of one compilation, and longest wait for a thread, in milliseconds. */
  readonly limitMs?: number;
  /** The module of the threads. */
  readonly script?: URL;
}

/**
 * Compiles models in threads outside the event loop, two at a time of which one team has at most one, each
 * within a limit of time. Every method throws `invalid` COMPILE_TIMED_OUT, MODEL_TOO_DEEP and `exhausted`
 * COMPILERS_BUSY.
 */
@Injectable()
export class CompilerThreads {
  private readonly turns = new FairSemaphore(2);
  private readonly limitMs: number;
  private readonly script: URL;

  constructor({ limitMs = 20_000, script = SCRIPT }: CompilerOptions = {}) {
    this.limitMs = limitMs;
    this.script = script;
  }

  /**
   * Compiles layers as a caller gives them. Throws `invalid` MODEL_INVALID, LAYER_INVALID, LAYER_KIND_UNKNOWN.
   */
  async compile(topology: unknown, teamId: string): Promise<CompiledTopology> {
    return this.run(teamId, 'compile', await writeJson(topology));
  }

  /** Inspects a topology of any kind, as its JSON is stored. */
  inspect(artifact: Uint8Array, teamId: string): Promise<InspectedModel> {
    return this.run(teamId, 'inspect', artifact);
  }

  /** Adapts a stored model. Throws as `adaptArtifact` of @noema/importers. */
  adapt(
    artifact: Uint8Array,
    change: { readonly adaptation: Adaptation; readonly seed: number },
    teamId: string,
  ): Promise<AdaptedModel> {
    return this.run(teamId, 'adapt', { artifact, ...change });
  }

  /** Returns the distribution of each weight. `weights` is in shared memory, so that no thread copies it. */
  weightStatistics(artifact: Uint8Array, weights: Float32Array, teamId: string): Promise<WeightStatistics[]> {
    return this.run(teamId, 'weightStatistics', { artifact, weights });
  }

  /**
   * Returns the file of a stored model in another format. Throws as `exportOnnx` and `exportKeras` of
   * @noema/importers.
   */
  exportFile(
    artifact: Uint8Array,
    weights: Float32Array,
    { teamId, ...format }: ModelExport & { readonly teamId: string },
  ): Promise<Uint8Array> {
    return this.run(teamId, 'exportFile', { artifact, weights, ...format });
  }

  /** Returns what cannot be done with a stored model. */
  limits(artifact: Uint8Array, teamId: string): Promise<ModelLimit[]> {
    return this.run(teamId, 'limits', artifact);
  }

  /** Returns the outputs of a stored model. */
  inspectOutputs(artifact: Uint8Array, teamId: string): Promise<OutputInfo[]> {
    return this.run(teamId, 'inspectOutputs', artifact);
  }

  /**
   * Returns the ground truth that a stored model needs for a run: one tensor for each output, in the shape that
   * the loss takes. Throws `invalid` LOSS_UNKNOWN, OPTIMIZER_UNKNOWN, METRIC_UNKNOWN, METRIC_MISFIT,
   * LEARNING_RATE_SCHEDULE_UNKNOWN, SETTING_INVALID.
   */
  plan(artifact: Uint8Array, settings: RunSettings, teamId: string): Promise<TensorSpec[]> {
    return this.run(teamId, 'plan', { artifact, settings });
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
export async function within<T>(
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

/**
 * The JSON of a topology. Objects of a hundred thousand members take hundreds of milliseconds to copy into a thread,
 * their text a few, and it is written in slices. Throws `invalid` MODEL_TOO_DEEP.
 */
async function writeJson(topology: unknown): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const encode = function* (): Generator<void, void> {
    for (const piece of jsonPieces(topology)) yield void parts.push(encoder.encode(piece));
  };
  try {
    await runInSlices(encode());
  } catch (error) {
    throw error instanceof RangeError ? modelTooDeep(error) : error;
  }
  return Buffer.concat(parts);
}
