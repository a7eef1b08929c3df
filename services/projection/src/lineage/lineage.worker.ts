import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import type { JobKind } from '@noema/jobs';
import { LOOK, type LookPayload } from './lineage.queue.js';
import { LineageService } from './lineage.service.js';

/** Does the jobs that decide whether a map that waits for an unknown one may begin. */
@Injectable()
export class LineageWorker extends JobWorker {
  readonly kind: JobKind<LookPayload>;

  constructor(@Inject(LineageService) lineage: LineageService) {
    super();
    this.kind = {
      kind: LOOK,
      stages: [
        {
          name: 'look',
          run: async ({ job: { teamId, payload } }) => {
            await lineage.look(teamId, payload.explorationId, payload.tries);
            return { result: null };
          },
        },
      ],
    };
  }
}
