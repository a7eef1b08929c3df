import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Engine } from '@noema/engine';
import { SETTINGS } from '@noema/host';
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

  onApplicationShutdown(): Promise<void> {
    return this.threads.close();
  }
}
