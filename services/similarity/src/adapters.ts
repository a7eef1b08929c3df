import type { Host } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { Registry } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import type { SimilarityConfig } from './config.js';
import { exactKind } from './vector-index/exact.index.js';
import { IndexBuilder } from './build/build.executor.js';
import { Indexing } from './vector-index/vector-index.service.js';
import { RemovalService } from './activation-set/removal.service.js';
import { Search } from './search/search.service.js';
import type { IndexKindAdapter } from './vector-index/vector-index.js';
import { OutboxSimilarityEvents } from './neighbor-graph/neighbor-graph.events.js';
import { faissFlatKind, faissHnswKind } from './faiss/faiss.kind.js';
import { PREPARED_LIBRARY } from './faiss/faiss.library.js';
import { ActivationsClient } from './peers/activations.client.js';
import { JobBuildQueue } from './build/build.queue.js';
import { PostgresActivationSets } from './activation-set/activation-set.repository.js';
import { PostgresNeighborGraphs } from './neighbor-graph/neighbor-graph.repository.js';
import { PostgresVectorIndexes } from './vector-index/vector-index.repository.js';
import { ArrowMatrixStore } from './activation-set/matrix.store.js';
import { StoredPopulations } from './search/population.store.js';
import { StoredProjectedSets } from './search/projected-set.store.js';
import { StoredResponseViews } from './search/response-view.store.js';

/** Every port bound to its adapter; the API and the workers take what they need. */
export function wire(host: Host<SimilarityConfig>) {
  const db = host.database();
  const jobs = new JobStore(db);
  const faiss = { library: host.config.faissLibrary ?? PREPARED_LIBRARY, threads: host.config.engineThreads };
  const kinds = new Registry<IndexKindAdapter>('index kind', [
    exactKind(),
    faissFlatKind(faiss),
    faissHnswKind(faiss),
  ]);
  const defaultKind = host.config.indexKind;
  kinds.get(defaultKind).checkReady();
  const ports = {
    work: db,
    kinds,
    defaultKind,
    graphExactUpTo: host.config.graphExactUpTo,
    threads: host.config.engineThreads === 0 ? undefined : host.config.engineThreads,
    sets: new PostgresActivationSets(db),
    indexes: new PostgresVectorIndexes(db),
    graphs: new PostgresNeighborGraphs(db),
    matrices: new ArrowMatrixStore(host.store()),
    events: new OutboxSimilarityEvents(host.outbox()),
    queue: new JobBuildQueue(jobs),
  };
  return {
    ...ports,
    jobs,
    indexing: () => new Indexing(ports),
    builder: () => new IndexBuilder(ports),
    removal: () => new RemovalService(ports),
    search: () => {
      const [store, clients] = [host.store(), host.clients()];
      const activations = new ActivationsClient(clients);
      const populations = new StoredPopulations(store, new DatasetCatalog(clients));
      const search = new Search({
        ...ports,
        populations,
        responses: new StoredResponseViews(store, activations),
        projected: new StoredProjectedSets(store, activations),
      });
      host.onClose(() => search.close());
      host.onClose(() => populations.close());
      return search;
    },
  };
}
