import type { Provider } from '@nestjs/common';
import { SanityCheckController } from './sanity-check.controller.js';
import { SanityCheckExecutor } from './sanity-check.executor.js';
import { SanityCheckQueue } from './sanity-check.queue.js';
import { SanityCheckRepository } from './sanity-check.repository.js';
import { SanityCheckService } from './sanity-check.service.js';
import { SanityCheckWorker } from './sanity-check.worker.js';

/** Providers of the API of sanity checks. */
export const sanityCheckApi: Provider[] = [
  SanityCheckRepository,
  SanityCheckQueue,
  SanityCheckService,
  SanityCheckController,
];

/** Providers of the workers that create sanity checks. */
export const sanityCheckWork: Provider[] = [SanityCheckRepository, SanityCheckExecutor, SanityCheckWorker];
