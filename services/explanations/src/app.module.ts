import type { DynamicModule } from '@nestjs/common';
import { type Host, HostModule } from '@noema/host';
import { wire } from './adapters.js';
import type { ExplanationsConfig } from './config.js';
import { AnalysisService } from './domain/analysis.service.js';
import { SimilarityAnalysisService } from './domain/similarity-analysis.service.js';
import { AnalysisController } from './grpc/analysis.controller.js';
import { SimilarityAnalysisController } from './grpc/similarity-analysis.controller.js';

/** The API of the explanations service. */
export class AppModule {
  static register(host: Host<ExplanationsConfig>): DynamicModule {
    const { jobs, analyses, similarityAnalyses } = wire(host);
    return {
      module: AppModule,
      imports: [HostModule.register(host, { jobs })],
      providers: [
        { provide: AnalysisService, useValue: analyses }, { provide: SimilarityAnalysisService, useValue: similarityAnalyses },
        AnalysisController, SimilarityAnalysisController,
      ],
    };
  }
}
