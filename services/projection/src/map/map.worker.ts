import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { Job, JobKind } from '@noema/jobs';
import { LineageService } from '../lineage/lineage.service.js';
import { MapExecutor } from './map.executor.js';
import { MAP, type MapPayload } from './map.queue.js';

/** Does the jobs that make maps; peers that restart are waited for by further attempts. */
@Injectable()
export class MapWorker extends JobWorker {
  readonly kind: JobKind<MapPayload>;

  constructor(
    @Inject(MapExecutor) executor: MapExecutor,
    @Inject(LineageService) private readonly lineage: LineageService,
  ) {
    super();
    this.kind = {
      kind: MAP,
      maxAttempts: 5,
      stages: [
        {
          name: 'map',
          run: async (context) => {
            const { teamId, payload } = context.job;
            return { result: null, commit: await executor.make(teamId, payload.explorationId, context) };
          },
        },
      ],
    };
  }

  override settled(job: Job): Promise<void> {
    return this.lineage.settled(job);
  }
}
