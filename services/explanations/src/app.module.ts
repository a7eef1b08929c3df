import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ExplanationsConfig } from './config.js';
import { explainers } from './domain/explainers/explainer.registry.js';
import { AnalysisService } from './domain/analysis.service.js';
import { SanityCheckService } from './domain/sanity-check.service.js';
import { SelectionAnalysisService } from './domain/selection-analysis.service.js';
import { SimilarityAnalysisService } from './domain/similarity-analysis.service.js';
import { AnalysisController } from './grpc/analysis.controller.js';
import { SanityCheckController } from './grpc/sanity-check.controller.js';
import { SelectionAnalysisController } from './grpc/selection-analysis.controller.js';
import { SimilarityAnalysisController } from './grpc/similarity-analysis.controller.js';
import { ANALYSIS, SIMILARITY, SELECTION, SANITY } from './jobs/explanation.job.js';
import { namedArtifacts } from './postgres/named.artifacts.js';

/** The API of the explanations service. */
export class AppModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    const { jobs, analyses, similarityAnalyses, selectionAnalyses, sanityChecks } = wire(host);
    return {
      module: AppModule,
      imports: [
        HostModule.register(host, {
          jobs,
          jobKinds: [ANALYSIS, SIMILARITY, SELECTION, SANITY],
          artifacts: namedArtifacts,
          methods: { explainer: explainers },
        }),
      ],
      providers: [
        { provide: AnalysisService, useValue: analyses },
        { provide: SimilarityAnalysisService, useValue: similarityAnalyses },
        { provide: SelectionAnalysisService, useValue: selectionAnalyses },
        { provide: SanityCheckService, useValue: sanityChecks },
        AnalysisController,
        SimilarityAnalysisController,
        SelectionAnalysisController,
        SanityCheckController,
      ],
    };
  }
}
