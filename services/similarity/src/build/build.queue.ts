import type { JobStore } from '@noema/jobs';
import type { BuildPayload, BuildQueue } from '../vector-index/similarity.ports.js';

export const BUILD = 'similarity.build';

export class JobBuildQueue implements BuildQueue {
  constructor(private readonly jobs: JobStore) {}

  add(teamId: string, payload: BuildPayload, shards: number): Promise<string> {
    return this.jobs.create({
      kind: BUILD,
      teamId,
      subjectId: payload.activationSetId,
      payload: { ...payload },
      shards,
    });
  }
}
