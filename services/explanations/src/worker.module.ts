import type { DynamicModule } from '@nestjs/common';
import { requireDevice } from '@noema/engine';
import { type Host, HostModule } from '@noema/host';
import { analysisWork } from './analysis/analysis.module.js';
import type { ExplanationsConfig } from './config.js';
import { MatrixCache } from './engine/matrix.cache.js';
import { ModelStore } from './engine/model.store.js';
import { sanityCheckWork } from './sanity-check/sanity-check.module.js';
import { selectionAnalysisWork } from './selection-analysis/selection-analysis.module.js';
import { servedModelWork } from './served-model/served-model.module.js';
import { sharedProviders } from './shared.providers.js';
import { similarityAnalysisWork } from './similarity-analysis/similarity-analysis.module.js';

/** A worker that explains samples, and keeps the store clean. */
export class WorkerModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    return {
      module: WorkerModule,
      imports: [HostModule.register(host, { requireDevice })],
      providers: [
        MatrixCache,
        ModelStore,
        ...sharedProviders,
        ...analysisWork,
        ...similarityAnalysisWork,
        ...selectionAnalysisWork,
        ...sanityCheckWork,
        ...servedModelWork,
      ],
    };
  }
}
