import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Engine, responsesProgram } from '@noema/engine';
import { SETTINGS } from '@noema/host';
import { compileModel } from '@noema/importers';
import { decodeWeights } from '@noema/layers';
import type { TensorData } from '@noema/onnx';
import type { TrainingConfig } from '../config.js';
import { type TrainingRequest, TrainingSession } from './training.session.js';

/** Mean and maximum over positions of the units of a layer, each [rows, units]. */
export interface LayerRows {
  readonly name: string;
  readonly mean: Float32Array;
  readonly max: Float32Array;
}

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

  /** The first output of a stored model for some rows, [n, …], and the responses of some of its layers. */
  async respond(
    { topology, weights }: { readonly topology: unknown; readonly weights: Uint8Array },
    follow: readonly string[],
    feeds: Readonly<Record<string, TensorData>>,
    signal: AbortSignal,
  ): Promise<{ readonly outputs: Float32Array; readonly layers: readonly LayerRows[] }> {
    const model = compileModel(topology, { mode: 'inference' });
    const of = responsesProgram(model, decodeWeights(model.parameters, weights), [], { follow });
    const layers = of.layers.filter(({ layer }) => follow.includes(layer.name));
    const [prediction] = of.predictions;
    const fetches = [...new Set([prediction!, ...layers.flatMap(({ mean, max }) => [mean, max])])];
    const found = await this.threads.run(of.program, feeds, { signal, fetches });
    const numbers = (name: string): Float32Array => found[name]!.data as Float32Array;
    return {
      outputs: numbers(prediction!),
      layers: layers.map(({ layer, mean, max }) => ({
        name: layer.name,
        mean: numbers(mean),
        max: numbers(max),
      })),
    };
  }

  onApplicationShutdown(): Promise<void> {
    return this.threads.close();
  }
}
