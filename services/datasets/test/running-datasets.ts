import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileArtifactStore } from '@noema/artifacts';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import type { Job } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { createClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { startPostgres, temporaryDirectory } from '@noema/testing';
import { datasets } from '../src/index.js';
import { workspaceWith } from './project.stub.js';

export const [TEAM, OTHER_TEAM, PROJECT, OTHER_PROJECT] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

/** The service with a real Postgres, a file store and as many workers as a test starts. */
export async function startDatasets() {
  const [postgres, directory, key] = await Promise.all([startPostgres(), temporaryDirectory(), generateSigningKey()]);
  const [modules, storeRoot] = [join(directory.path, 'modules'), join(directory.path, 'store')];
  await Promise.all([mkdir(modules), mkdir(storeRoot)]);
  const adminUrl = await postgres.createDatabase();
  const shared = { NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey, NOEMA_LOG_LEVEL: 'silent' };
  const workspace = await startService(workspaceWith({ [PROJECT]: TEAM, [OTHER_PROJECT]: OTHER_TEAM }), shared, { logger: silentLogger });
  const env = {
    ...shared, NOEMA_SERVICES: `workspace=${workspace.address}`, NOEMA_STORE_URL: pathToFileURL(storeRoot).href, NOEMA_TRUSTED_INTEGRATIONS: 'true',
    NOEMA_DATABASE_ADMIN_URL: adminUrl, NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'datasets', 'secret'), NOEMA_WORKER_LEASE_MS: '1500', NOEMA_WORKER_CONCURRENCY: '2',
  };
  const service = await startService(datasets, env, { logger: silentLogger });
  const workers: RunningApp<unknown>[] = [];
  const signer = new TokenSigner(key);

  const as = (teamId: string, role: Role = 'editor', address = service.address) => {
    const options = { address, token: async () => (await signer.sign({ teamId, subject: 'ann', role })).token, timeoutMs: 30_000 };
    return {
      integrations: createClient(IntegrationService, options), versions: createClient(DatasetService, options), samples: createClient(SampleService, options), jobs: createClient(JobService, options),
    };
  };
  const api = as(TEAM);

  return {
    as, api, env, adminUrl, storeRoot, store: new FileArtifactStore(storeRoot), service,
    startWorker: async (change: Readonly<Record<string, string>> = {}) => { workers.push(await startWorker(datasets, { ...env, ...change }, { logger: silentLogger })); },
    stopWorkers: async () => { await Promise.all(workers.splice(0).map((worker) => worker.close())); },
    /** Writes a module as a user would and registers it. */
    register: async (code: string, name = `m${uuidv7()}`) => {
      const modulePath = await writeModule(modules, name, code);
      const { integration } = await api.integrations.createIntegration({ projectId: PROJECT, source: { source: { case: 'modulePath', value: modulePath } } });
      return { integration: integration!, modulePath };
    },
    /** Ingests and waits for the end of the job. */
    ingest: async (integrationId: string, shardSize = 0): Promise<{ version: DatasetVersion; job: Job; ingestionId: string }> => {
      const { datasetVersion, job } = await api.versions.createDatasetVersion({ projectId: PROJECT, integrationId, shardSize });
      let last = job!;
      for await (const { job: seen } of api.jobs.watchJob({ service: 'datasets', jobId: job!.id })) last = seen!;
      return { version: (await api.versions.getDatasetVersion({ datasetVersionId: datasetVersion!.id })).datasetVersion!, job: last, ingestionId: datasetVersion!.id };
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
      await service.close();
      await workspace.close();
      await Promise.all([postgres.stop(), directory.remove()]);
    },
  };
}
export type RunningDatasets = Awaited<ReturnType<typeof startDatasets>>;

/** A module with the SDK imported. */
export async function writeModule(directory: string, name: string, code: string): Promise<string> {
  const path = join(directory, `${name}.mjs`);
  await writeFile(path, `import { defineIntegration, image, oneHot, tensor, text } from ${JSON.stringify(import.meta.resolve('@noema/integration'))};\n${code}`);
  return path;
}
