import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FileArtifactStore } from '@noema/artifacts';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import type { JsonObject } from '@bufbuild/protobuf';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type CreateRunRequest, RunService } from '@noema/contracts/noema/training/v1/run_service';
import { createClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { startPostgres, temporaryDirectory, waitFor } from '@noema/testing';
import { training } from '../src/index.js';
import { peers, PROJECT, TEAM } from './peers.stub.js';

const layer = (kind: string, config: JsonObject) => ({ class_name: kind, config });

/** A small network for the pictures of the test. */
export const topologyOf = (classes = 3, size = 4): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'sides',
    layers: [
      layer('Conv2D', { name: 'conv', filters: 4, kernel_size: 3, activation: 'relu', batch_input_shape: [null, size, size, 1] }),
      layer('Flatten', { name: 'flat' }),
      layer('Dropout', { name: 'drop', rate: 0.2 }),
      layer('Dense', { name: 'class', units: classes, activation: 'softmax' }),
    ],
  },
});

/** The service with a real Postgres, a file store, and as many workers as a test starts, in this process or in their own. */
export async function startTraining() {
  const [postgres, directory, key] = await Promise.all([startPostgres(), temporaryDirectory(), generateSigningKey()]);
  const storeRoot = join(directory.path, 'store');
  await mkdir(storeRoot);
  const store = new FileArtifactStore(storeRoot);
  const adminUrl = await postgres.createDatabase();
  const shared = { NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey, NOEMA_LOG_LEVEL: 'silent' };
  const { definition, addDataset } = peers(store);
  const others = await startService(definition, shared, { logger: silentLogger });
  const env = {
    ...shared, NOEMA_SERVICES: `workspace=${others.address},datasets=${others.address}`, NOEMA_STORE_URL: pathToFileURL(storeRoot).href, NOEMA_WORKER_LEASE_MS: '1500',
    NOEMA_DATABASE_ADMIN_URL: adminUrl, NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'training', 'secret'),
  };
  const service = await startService(training, env, { logger: silentLogger });
  const workers: RunningApp<unknown>[] = [];
  const children: ChildProcess[] = [];
  const signer = new TokenSigner(key);
  const tokenOf = async (teamId: string, role: Role): Promise<string> => (await signer.sign({ teamId, subject: 'ann', role })).token;
  const served = [ModelService, RunService, EpochService, EvaluationService, JobService].map((rpcs) => ({ service: rpcs, address: service.address }));
  const as = (teamId: string, role: Role = 'editor') => {
    const options = { address: service.address, token: () => tokenOf(teamId, role), timeoutMs: 30_000 };
    return {
      models: createClient(ModelService, options), runs: createClient(RunService, options), epochs: createClient(EpochService, options),
      evaluations: createClient(EvaluationService, options), jobs: createClient(JobService, options),
    };
  };
  const api = as(TEAM);
  let models = 0;

  return {
    as, api, served, tokenOf, env, adminUrl, store, addDataset,
    startWorker: async (): Promise<RunningApp<unknown>> => {
      const worker = await startWorker(training, env, { logger: silentLogger });
      workers.push(worker);
      return worker;
    },
    stopWorkers: async () => { await Promise.all(workers.splice(0).map((worker) => worker.close())); },
    /** A worker in a process of its own. */
    forkWorker: (): ChildProcess => {
      const child = fork(fileURLToPath(new URL('../src/worker.js', import.meta.url)), { env: { ...process.env, ...env }, stdio: 'inherit' });
      children.push(child);
      return child;
    },
    addModel: async (topology = topologyOf(), seed = 3): Promise<string> =>
      (await api.models.createModel({ projectId: PROJECT, displayName: `model ${models++}`, topology, seed })).modelVersion!.id,
    createRun: async (request: Partial<Pick<CreateRunRequest, 'datasetVersionId' | 'modelVersionId' | 'displayName' | 'requestId'>> & { settings?: object }): Promise<Run> =>
      (await api.runs.createRun({ projectId: PROJECT, settings: { epochs: 2, batchSize: 16, seed: 5 }, ...request })).run!,
    /** The run once it has ended. */
    ended: async (runId: string): Promise<Run> => {
      let last: Run | undefined;
      for await (const { run } of api.runs.watchRun({ runId })) last = run;
      return last!;
    },
    /** Changes one byte of a stored object. */
    damage: async (uri: string): Promise<void> => {
      const bytes = await readFile(join(storeRoot, uri));
      bytes[bytes.length - 1]! ^= 1;
      await writeFile(join(storeRoot, uri), bytes);
    },
    epochsDone: (runId: string, epochs: number) => waitFor(async () => (await api.runs.getRun({ runId })).run!.epochsDone >= epochs, { what: `epoch ${epochs} of run ${runId}` }),
    stop: async () => {
      for (const child of children) if (child.exitCode === null && child.signalCode === null) { child.kill('SIGKILL'); await once(child, 'exit'); }
      await Promise.all(workers.map((worker) => worker.close()));
      await service.close();
      await others.close();
      await Promise.all([postgres.stop(), directory.remove()]);
    },
  };
}
export type RunningTraining = Awaited<ReturnType<typeof startTraining>>;
