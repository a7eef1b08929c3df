import { deviceOf, type Host } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { DatasetCatalog } from '@noema/population';
import type { ExplanationsConfig } from './config.js';
import { AnalysisService } from './domain/analysis.service.js';
import { ExplanationService } from './domain/explanation.service.js';
import { RandomizationService } from './domain/randomization.service.js';
import { SanityCheckService } from './domain/sanity-check.service.js';
import { SelectionAnalysisService } from './domain/selection-analysis.service.js';
import { SelectionExplanationService } from './domain/selection-explanation.service.js';
import { SharedAreaService } from './domain/shared-area.service.js';
import { SimilarityAnalysisService } from './domain/similarity-analysis.service.js';
import { StoredModels } from './engine/model.store.js';
import { OutboxAnalysisEvents } from './events/analysis.events.js';
import { QueuedExplanationJobs } from './jobs/explanation.job.js';
import { ActivationsClient } from './peers/activations.client.js';
import { TrainingClient } from './peers/training.client.js';
import { encodePng } from './png/png.encoder.js';
import { PostgresAnalyses } from './postgres/analysis.repository.js';
import type { ExplanationsSchema } from './postgres/schema.js';
import { PostgresSanityChecks } from './postgres/sanity-check.repository.js';
import { PostgresSelectionAnalyses } from './postgres/selection-analysis.repository.js';
import { PostgresSimilarityAnalyses } from './postgres/similarity-analysis.repository.js';
import { StoredAnalysisArtifacts } from './store/analysis-artifacts.store.js';
import { MatrixCache } from './store/matrix.cache.js';

/** Every port bound to its adapter, for the API and for the workers. */
export function wire(host: Host<ExplanationsConfig>) {
  const work = host.database<ExplanationsSchema>();
  const store = host.store();
  const clients = host.clients();
  const jobStore = new JobStore(work, { device: deviceOf(host.config.engineBackend) });
  const matrices = new MatrixCache(store);
  const artifacts = new StoredAnalysisArtifacts(store, encodePng);
  const jobs = new QueuedExplanationJobs(jobStore);
  const analyses = new PostgresAnalyses(work);
  const similarities = new PostgresSimilarityAnalyses(work);
  const selections = new PostgresSelectionAnalyses(work);
  const checks = new PostgresSanityChecks(work);
  const datasets = new DatasetCatalog(clients);
  const runs = new TrainingClient(clients, datasets);
  const activations = new ActivationsClient(clients, datasets, runs, store);
  return {
    jobs: jobStore,
    analyses: new AnalysisService({ work, analyses, sources: runs, jobs, artifacts }),
    similarityAnalyses: new SimilarityAnalysisService({
      work,
      analyses: similarities,
      sources: activations,
      jobs,
      artifacts,
    }),
    selectionAnalyses: new SelectionAnalysisService({
      work,
      analyses: selections,
      populations: runs,
      jobs,
      artifacts,
    }),
    sanityChecks: new SanityCheckService({ work, checks, populations: runs, jobs }),
    makers: () => {
      const models = new StoredModels(store, (ref) => matrices.get(ref), {
        threads: host.config.engineThreads,
        backend: host.config.engineBackend,
        workerBytes: host.config.workerBytes,
      });
      host.onClose(() => models.close());
      return {
        explanations: new ExplanationService({
          work,
          analyses,
          models,
          statistics: activations,
          artifacts,
          events: new OutboxAnalysisEvents(host.outbox()),
        }),
        selections: new SelectionExplanationService({
          work,
          analyses: selections,
          models,
          files: artifacts,
          artifacts,
        }),
        randomizations: new RandomizationService({ work, checks, models }),
        areas: new SharedAreaService({ work, analyses: similarities, models, files: artifacts, artifacts }),
      };
    },
  };
}
