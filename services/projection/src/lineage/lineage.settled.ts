import type { Host } from '@noema/host';
import { JobStore, type Settled } from '@noema/jobs';
import { ExplorationRepository } from '../exploration/exploration.repository.js';
import { MapQueue } from '../map/map.queue.js';
import { NeighborGraphRepository } from '../neighbor-graph/neighbor-graph.repository.js';
import { ActivationsClient } from '../peers/activations.client.js';
import { LineageQueue } from './lineage.queue.js';
import { LineageService } from './lineage.service.js';

/**
 * Lets the map after one begin whose job the API ends, for example by a cancel. The store of jobs needs it
 * before providers exist, so that it builds its own.
 */
export function beginNextMap(host: Host): Settled {
  const db = host.database();
  const jobs = new JobStore(db);
  const lineage = new LineageService(
    db,
    new NeighborGraphRepository(db),
    new ExplorationRepository(db),
    new MapQueue(jobs),
    new LineageQueue(jobs),
    new ActivationsClient(host.clients()),
  );
  return (job) => lineage.settled(job);
}
