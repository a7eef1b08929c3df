import type { Job } from '@noema/jobs';
import type { ExplorationRepository } from '../domain/exploration.ports.js';
import type { Lineage } from '../domain/lineage.service.js';
import { MAP } from './map.queue.js';

/** When the job of a map ends, the map after it may begin; both in one transaction. */
export const mapSettled =
  (explorations: ExplorationRepository, lineage: () => Lineage) =>
  async (job: Job): Promise<void> => {
    if (job.kind !== MAP) return;
    const exploration = await explorations.findByJob(job.id);
    if (exploration !== undefined) await lineage().ended(job.teamId, exploration, exploration);
  };
