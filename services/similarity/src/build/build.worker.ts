import { Inject, Injectable } from '@nestjs/common';
import { JobWorker } from '@noema/host';
import { type JobKind, TypedStages } from '@noema/jobs';
import type { ArtifactRef } from '@noema/kernel';
import { BuildExecutor } from './build.executor.js';
import type { BuildPayload } from './build.js';
import { BUILD } from './build.queue.js';

/** Finds neighbours part by part on all workers; the last step makes index and graph visible together. */
@Injectable()
export class BuildWorker extends JobWorker {
  readonly kind: JobKind<BuildPayload>;

  constructor(@Inject(BuildExecutor) executor: BuildExecutor) {
    super();
    this.kind = {
      kind: BUILD,
      stages: TypedStages.of<BuildPayload, ArtifactRef | null>({
        name: 'neighbors',
        run: async (context) => {
          const { teamId, payload } = context.job;
          const part = await executor.part(teamId, payload, context.index, context);
          return { result: part ?? null };
        },
      }).followedBy({
        name: 'publish',
        run: async (context) => {
          const { teamId, payload } = context.job;
          const parts = context.results.filter((part) => part !== null);
          return { result: null, commit: await executor.publish(teamId, payload, parts, context) };
        },
      }).list,
    };
  }
}
