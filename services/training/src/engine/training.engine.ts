import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Engine, evaluateProgram } from '@noema/engine';
import { SETTINGS } from '@noema/host';
import { compileModel } from '@noema/importers';
import { decodeWeights } from '@noema/layers';
import type { TensorData } from '@noema/onnx';
import type { TrainingConfig } from '../config.js';
import { type TrainingRequest, TrainingSession } from './training.session.js';

/** Trains and evaluates models in the threads of a worker. */
@Injectable()
export class TrainingEngine implements OnApplicationShutdown {
  private readonly threads: Engine;

  constructor(@Inject(SETTINGS) private readonly settings: TrainingConfig) {
    const { trainerWorkers: threads, engineBackend: backend, workerBytes } = settings;
    this.threads = Engine.start({ threads, backend, workerBytes });
  }

  open(request: TrainingRequest): TrainingSession {
    const { engineBackend: backend, workerBytes } = this.settings;
    return new TrainingSession(this.threads, request, { backend, workerBytes });
  }

  /** The first output of a stored model for some rows, [n, …]. */
  async predict(
    topology: unknown,
    weights: Uint8Array,
    feeds: Readonly<Record<string, TensorData>>,
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const model = compileModel(topology, { mode: 'inference' });
    const { program, predictions } = evaluateProgram(model, decodeWeights(model.parameters, weights));
    const found = await this.threads.run(program, feeds, { signal, fetches: [predictions[0]!] });
    return found[predictions[0]!]!.data as Float32Array;
  }

  onApplicationShutdown(): Promise<void> {
    return this.threads.close();
  }
}
