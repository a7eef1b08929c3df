import { deviceOf, type Host, WorkspaceProjects } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { DatasetCatalog } from '@noema/population';
import type { ActivationsConfig } from './config.js';
import { ActivationSetService } from './activation-set/activation-set.service.js';
import { ExtractionService } from './activation-set/activation-set.executor.js';
import { PerceptionSpaceService } from './perception-space/perception-space.service.js';
import { UnitComparisonService } from './unit-comparison/unit-comparison.service.js';
import { UnitService } from './unit/unit.service.js';
import { ModelResponder } from './engine/model.responder.js';
import { OutboxSetEvents } from './activation-set/activation-set.events.js';
import { QueuedSetJobs } from './activation-set/activation-set.worker.js';
import { TrainingClient } from './peers/training.client.js';
import { PostgresActivationSets } from './activation-set/activation-set.repository.js';
import { PostgresActivationShards } from './activation-set/activation-shard.repository.js';
import { PostgresPerceptionSpaces } from './perception-space/perception-space.repository.js';
import type { ActivationsSchema } from './schema.js';
import { StoredMetadata } from './unit/metadata.store.js';
import { StoredSetArtifacts } from './activation-set/activation-set-artifacts.store.js';

/** Every port bound to its adapter, for the API and for the workers. */
export function wire(host: Host<ActivationsConfig>) {
  const work = host.database<ActivationsSchema>();
  const store = host.store();
  const clients = host.clients();
  const jobs = new JobStore(work, { device: deviceOf(host.config.engineBackend) });
  const sets = new PostgresActivationSets(work);
  const shards = new PostgresActivationShards(work);
  const artifacts = new StoredSetArtifacts(store);
  const spaces = new PerceptionSpaceService(
    work,
    new PostgresPerceptionSpaces(work),
    new WorkspaceProjects(clients),
  );
  const populations = new DatasetCatalog(clients);
  const activationSets = new ActivationSetService({
    work,
    sets,
    shards,
    spaces,
    jobs: new QueuedSetJobs(jobs),
    epochs: new TrainingClient(clients),
    populations,
  });
  const metadata = new StoredMetadata(store, populations);
  const units = new UnitService({ work, sets: activationSets, shards, populations, metadata, artifacts });
  const comparisons = new UnitComparisonService({ work, sets: activationSets, shards, artifacts });
  const extraction = (): ExtractionService => {
    const { engineThreads, engineBackend: backend, exactUnits, workerBytes } = host.config;
    const responder = new ModelResponder(store, { threads: engineThreads, backend, workerBytes });
    host.onClose(() => responder.close());
    return new ExtractionService({
      work,
      sets,
      shards,
      spaces,
      populations,
      responder,
      artifacts,
      events: new OutboxSetEvents(host.outbox()),
      threads: engineThreads === 0 ? undefined : engineThreads,
      exactUnits,
    });
  };
  return { jobs, spaces, activationSets, units, comparisons, extraction };
}
