import type { Provider } from '@nestjs/common';
import { AnalysisController } from './analysis.controller.js';
import { AnalysisEventPublisher } from './analysis.events.js';
import { AnalysisExecutor } from './analysis.executor.js';
import { AnalysisQueue } from './analysis.queue.js';
import { AnalysisRepository } from './analysis.repository.js';
import { AnalysisService } from './analysis.service.js';
import { AnalysisWorker } from './analysis.worker.js';

/** Providers of the API of analyses. */
export const analysisApi: Provider[] = [
  AnalysisRepository,
  AnalysisQueue,
  AnalysisService,
  AnalysisController,
];

/** Providers of the workers that create analyses. */
export const analysisWork: Provider[] = [
  AnalysisRepository,
  AnalysisEventPublisher,
  AnalysisExecutor,
  AnalysisWorker,
];
