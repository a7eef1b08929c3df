import { fileURLToPath } from 'node:url';
import type { DatasetVersionReadySchema } from '@noema/contracts/noema/datasets/v1/dataset_version_events';
import { type DatasetVersionReady as VersionReady } from '@noema/contracts/noema/datasets/v1/dataset_version_events';
import { DatasetVersionReady, type EventMeta, eventsMigrations } from '@noema/events';
import { type AnyJobKind, jobsMigrations, JobStore } from '@noema/jobs';
import {
  defineService,
  EventConsumer,
  heavySettings,
  type Host,
  HostModule,
  type ServiceDefinition,
} from '../src/index.js';

export interface SampleSchema {
  effect: { job_id: string; index: number; team_id: string };
}

/** Hears of a dataset version and queues a job of as many shards as it has samples. */
class VersionReadyConsumer extends EventConsumer<typeof DatasetVersionReadySchema> {
  readonly consumer = 'sample__dataset_version_ready';
  readonly event = DatasetVersionReady;

  constructor(private readonly jobs: JobStore) {
    super();
  }

  async handle(body: VersionReady, { teamId }: EventMeta): Promise<void> {
    await this.jobs.create({
      kind: 'sample.mark',
      teamId,
      subjectId: body.datasetVersionId,
      payload: {},
      shards: body.sampleCount,
    });
  }
}

const markKind = (host: Host): AnyJobKind => ({
  kind: 'sample.mark',
  stages: [
    {
      name: 'mark',
      run: ({ job, index }) =>
        Promise.resolve({
          result: index,
          commit: async () => {
            await host
              .database<SampleSchema>()
              .tx()
              .insertInto('effect')
              .values({ job_id: job.id, index, team_id: job.teamId })
              .execute();
          },
        }),
    },
  ],
});

class SampleModule {}

/** The smallest heavy service: one consumer, one kind of job, the job API. */
export const sample: ServiceDefinition<typeof heavySettings> = defineService({
  name: 'sample',
  settings: heavySettings,
  migrations: [
    eventsMigrations,
    jobsMigrations,
    fileURLToPath(new URL('../../test/sample/migrations', import.meta.url)),
  ],
  app: (host) => {
    const jobs = new JobStore(host.database());
    return {
      module: SampleModule,
      imports: [HostModule.register(host, { jobs, jobKinds: ['sample.mark'] })],
      providers: [{ provide: VersionReadyConsumer, useValue: new VersionReadyConsumer(jobs) }],
    };
  },
  worker: (host) => ({
    module: SampleModule,
    imports: [HostModule.register(host, { kinds: [markKind(host)] })],
  }),
});
