import type { Provider } from '@nestjs/common';
import { SimilarityAnalysisController } from './similarity-analysis.controller.js';
import { SimilarityAnalysisExecutor } from './similarity-analysis.executor.js';
import { SimilarityAnalysisQueue } from './similarity-analysis.queue.js';
import { SimilarityAnalysisRepository } from './similarity-analysis.repository.js';
import { SimilarityAnalysisService } from './similarity-analysis.service.js';
import { SimilarityAnalysisWorker } from './similarity-analysis.worker.js';

/** Providers of the API of similarity analyses. */
export const similarityAnalysisApi: Provider[] = [
  SimilarityAnalysisRepository,
  SimilarityAnalysisQueue,
  SimilarityAnalysisService,
  SimilarityAnalysisController,
];

/** Providers of the workers that create similarity analyses. */
export const similarityAnalysisWork: Provider[] = [
  SimilarityAnalysisRepository,
  SimilarityAnalysisExecutor,
  SimilarityAnalysisWorker,
];
