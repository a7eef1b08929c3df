import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openArtifactStore } from '@noema/artifacts';
import type { Role } from '@noema/auth';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { UploadService } from '@noema/contracts/noema/datasets/v1/upload_service';
import type { Job } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { serviceUrl, startService, startWorker as start } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { type Logger, silentLogger } from '@noema/observability';
import {
  type Peer,
  projectPeer,
  serviceTest,
  startTestbed,
  type TestbedOptions,
  temporaryDirectory,
} from '@noema/testing';
import { datasets } from '../src/index.js';
import { secretsWith } from './peers.js';

export const [TEAM, OTHER_TEAM, PROJECT, OTHER_PROJECT] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

export interface DatasetsOptions extends TestbedOptions {
  /** Of the API; silent when left out. */
  readonly logger?: Logger;
  readonly settings?: Readonly<Record<string, string>>;
  /** Services of training. */
  readonly trainingPeers?: readonly Peer[];
}

/** The service with a real Postgres, a store and as many workers as a test starts. */
export async function startDatasets({
  logger = silentLogger,
  settings = {},
  trainingPeers = [],
  ...options
}: DatasetsOptions = {}) {
  const bed = await startTestbed(options);
  const modules = await temporaryDirectory();
  const { adminUrl } = bed;
  const {
    app: service,
    env,
    startWorker,
    stopWorkers,
  } = await serviceTest(bed, {
    start: (env) => startService(datasets, env, { logger }),
    startWorker: (env) => start(datasets, env, { logger: silentLogger }),
    peerNames: ['workspace', 'training'],
    peers: [
      ...trainingPeers,
      projectPeer({ [PROJECT]: TEAM, [OTHER_PROJECT]: OTHER_TEAM }),
      secretsWith({
        [TEAM]: {
          'data-key': 'open sesame',
          bucket: 'noema-test:noema-test-secret',
          stale: 'noema-test:another secret',
        },
      }),
    ],
    env: {
      NOEMA_TRUSTED_INTEGRATIONS: 'true',
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'datasets', 'secret'),
      NOEMA_WORKER_LEASE_MS: '1500',
      NOEMA_WORKER_CONCURRENCY: '2',
      ...settings,
    },
  });

  const as = (teamId: string, role: Role = 'editor', address = service.address) => {
    const caller = { address, teamId, role };
    return {
      integrations: bed.client(IntegrationService, caller),
      versions: bed.client(DatasetService, caller),
      samples: bed.client(SampleService, caller),
      artifacts: bed.client(ArtifactService, caller),
      slices: bed.client(SliceService, caller),
      uploads: bed.client(UploadService, caller),
      jobs: bed.client(JobService, caller),
    };
  };
  const api = as(TEAM);

  return {
    as,
    api,
    env,
    adminUrl,
    bed,
    store: openArtifactStore(bed.storeUrl, bed.storeKeys),
    service,
    startWorker,
    stopWorkers,
    /** Writes a file as a user would, in a folder of the service, and returns its path. */
    writeFile: async (name: string, text: string): Promise<string> => {
      const path = join(modules.path, name);
      await chmod(modules.path, 0o755); // a sandbox reads it as another user
      await writeFile(path, text);
      return path;
    },
    /** Writes a module as a user would and registers it. */
    register: async (code: string, name = `m${uuidv7()}`) => {
      const modulePath = await writeModule(modules.path, name, code);
      const { integration } = await api.integrations.createIntegration({
        projectId: PROJECT,
        source: { source: { case: 'modulePath', value: modulePath } },
      });
      return { integration: integration!, modulePath };
    },
    /** Ingests and waits for the end of the job. */
    ingest: async (
      integrationId: string,
      shardSize = 0,
      maxSkippedShare = 0,
    ): Promise<{ version: DatasetVersion; job: Job; ingestionId: string }> => {
      const { datasetVersion, job } = await api.versions.createDatasetVersion({
        projectId: PROJECT,
        integrationId,
        shardSize,
        maxSkippedShare,
      });
      let last = job!;
      for await (const { job: seen } of api.jobs.watchJob({ service: 'datasets', jobId: job!.id }))
        last = seen!;
      return {
        version: (await api.versions.getDatasetVersion({ datasetVersionId: datasetVersion!.id }))
          .datasetVersion!,
        job: last,
        ingestionId: datasetVersion!.id,
      };
    },
    stop: async () => {
      await bed.stop();
      await modules.remove();
    },
  };
}
export type RunningDatasets = Awaited<ReturnType<typeof startDatasets>>;

/** A module with the SDK imported. */
export async function writeModule(directory: string, name: string, code: string): Promise<string> {
  const path = join(directory, `${name}.mjs`);
  await chmod(directory, 0o755); // a sandbox reads it as nobody
  await writeFile(
    path,
    'import { defineIntegration, image, oneHot, tensor, text } from ' +
      `${JSON.stringify(import.meta.resolve('@noema/integration'))};\n${code}`,
  );
  return path;
}
