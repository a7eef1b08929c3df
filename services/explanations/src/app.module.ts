import type { DynamicModule } from '@nestjs/common';
import { toDevice, type Host, HostModule } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { analysisApi } from './analysis/analysis.module.js';
import { ANALYSIS } from './analysis/analysis.queue.js';
import type { ExplanationsConfig } from './config.js';
import { EpochCompletedConsumer } from './epoch/epoch-completed.consumer.js';
import { ReplacedEpochRepository } from './epoch/replaced-epoch.repository.js';
import { ReplacedEpochService } from './epoch/replaced-epoch.service.js';
import { explainers } from './explainers/explainer.registry.js';
import { sanityCheckApi } from './sanity-check/sanity-check.module.js';
import { SANITY_CHECK } from './sanity-check/sanity-check.queue.js';
import { selectionAnalysisApi } from './selection-analysis/selection-analysis.module.js';
import { SELECTION_ANALYSIS } from './selection-analysis/selection-analysis.queue.js';
import { servedModelApi } from './served-model/served-model.module.js';
import { sharedProviders } from './shared.providers.js';
import { similarityAnalysisApi } from './similarity-analysis/similarity-analysis.module.js';
import { SIMILARITY_ANALYSIS } from './similarity-analysis/similarity-analysis.queue.js';

/** The API of the explanations service. */
export class AppModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs: new JobStore(host.database(), { device: toDevice(host.config.engineBackend) }),
          jobKinds: [ANALYSIS, SIMILARITY_ANALYSIS, SELECTION_ANALYSIS, SANITY_CHECK],
          methods: { explainer: explainers },
        }),
      ],
      providers: [
        ...sharedProviders,
        ...analysisApi,
        ...similarityAnalysisApi,
        ...selectionAnalysisApi,
        ...sanityCheckApi,
        ...servedModelApi,
        ReplacedEpochRepository,
        ReplacedEpochService,
        EpochCompletedConsumer,
      ],
    };
  }
}
