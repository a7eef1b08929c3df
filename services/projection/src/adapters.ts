import type { Host } from '@noema/host';
import { JobStore } from '@noema/jobs';
import { DatasetCatalog } from '@noema/population';
import type { ProjectionConfig } from './config.js';
import type { MapThread } from './domain/exploration.ports.js';
import { Explorations } from './domain/exploration.service.js';
import { Lineage } from './domain/lineage.service.js';
import { MapService } from './domain/map.service.js';
import { PlacesService } from './domain/places.service.js';
import { Points } from './domain/points.service.js';
import { Projections } from './domain/projection.service.js';
import { WorkerMapThread } from './engine/worker.map-thread.js';
import { OutboxExplorationEvents } from './events/exploration.events.js';
import { GrpcPeers } from './peers/grpc.peers.js';
import { JobMapQueue } from './jobs/map.queue.js';
import { mapSettled } from './jobs/map.settled.js';
import { PostgresExplorations } from './postgres/exploration.repository.js';
import { PostgresGraphs } from './postgres/graph.repository.js';
import { GroundTruthLabels } from './store/label.store.js';
import { ArrowMatrixStore } from './store/matrix.store.js';
import { StoredPoints } from './store/point.store.js';
import { StoredSampleMatcher } from './store/sample.matcher.js';

/** Every port bound to its adapter; the API and the workers take what they need. */
export function wire(host: Host<ProjectionConfig>, thread: MapThread = new WorkerMapThread()) {
  const db = host.database();
  const explorations = new PostgresExplorations(db);
  const settled = mapSettled(explorations, () => lineage);
  const jobs = new JobStore(db, { settled });
  const ports = { work: db, explorations, graphs: new PostgresGraphs(db), queue: new JobMapQueue(jobs) };
  const lineage = new Lineage(ports);
  const datasets = (): DatasetCatalog => new DatasetCatalog(host.clients());
  const onDemand = new Explorations(ports, lineage);
  return {
    jobs,
    settled,
    lineage,
    explorations: onDemand,
    points: () =>
      new Points(
        onDemand,
        new StoredPoints(host.store(), datasets(), { cacheBytes: host.config.pointCacheBytes }),
      ),
    peers: () => new GrpcPeers(host.clients()),
    projections: () => new Projections({ ...ports, peers: new GrpcPeers(host.clients()) }, onDemand),
    maps: () => {
      const making = {
        ...ports,
        matrices: new ArrowMatrixStore(host.store()),
        labels: new GroundTruthLabels(host.store(), datasets()),
        peers: new GrpcPeers(host.clients()),
        thread,
        threads: host.config.mapThreads === 0 ? undefined : host.config.mapThreads,
      };
      return new MapService(
        {
          ...making,
          samples: new StoredSampleMatcher(host.store(), datasets()),
          events: new OutboxExplorationEvents(host.outbox()),
        },
        new PlacesService(making),
      );
    },
  };
}
