import type { Provider } from '@nestjs/common';
import { SelectionAnalysisController } from './selection-analysis.controller.js';
import { SelectionAnalysisExecutor } from './selection-analysis.executor.js';
import { SelectionAnalysisQueue } from './selection-analysis.queue.js';
import { SelectionAnalysisRepository } from './selection-analysis.repository.js';
import { SelectionAnalysisService } from './selection-analysis.service.js';
import { SelectionAnalysisWorker } from './selection-analysis.worker.js';

/** Providers of the API of selection analyses. */
export const selectionAnalysisApi: Provider[] = [
  SelectionAnalysisRepository,
  SelectionAnalysisQueue,
  SelectionAnalysisService,
  SelectionAnalysisController,
];

/** Providers of the workers that create selection analyses. */
export const selectionAnalysisWork: Provider[] = [
  SelectionAnalysisRepository,
  SelectionAnalysisExecutor,
  SelectionAnalysisWorker,
];
