import { openArtifactStore } from '@noema/artifacts';
import { tamper } from '@noema/artifacts/tampering';
import type { Role } from '@noema/auth';
import type { JsonObject } from '@bufbuild/protobuf';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RecordingService } from '@noema/contracts/noema/training/v1/recording_service';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type CreateRunRequest, RunService } from '@noema/contracts/noema/training/v1/run_service';
import { serviceUrl, startService, startWorker as start } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { serviceTest, startTestbed, waitFor } from '@noema/testing';
import { training } from '../src/index.js';
import { makePeers, PROJECT, TEAM } from './peers.js';

const layer = (kind: string, config: JsonObject) => ({ class_name: kind, config });

/** A small network for the pictures of the test. */
export const makeTopology = (classes = 3, size = 4): JsonObject => ({
  class_name: 'Sequential',
  config: {
    name: 'sides',
    layers: [
      layer('Conv2D', {
        name: 'conv',
        filters: 4,
        kernel_size: 3,
        activation: 'relu',
        batch_input_shape: [null, size, size, 1],
      }),
      layer('Flatten', { name: 'flat' }),
      layer('Dropout', { name: 'drop', rate: 0.2 }),
      layer('Dense', { name: 'class', units: classes, activation: 'softmax' }),
    ],
  },
});

/**
 * The service with a real Postgres, a file store, and as many workers as a test starts, in this process or in
 * their own.
 */
export async function startTraining() {
  const bed = await startTestbed();
  const { adminUrl, signToken } = bed;
  const store = openArtifactStore(bed.storeUrl, bed.storeKeys);
  const { peers, addDataset } = makePeers(store);
  const {
    app: service,
    address,
    env,
    client,
    startWorker,
    stopWorkers,
    forkWorker,
  } = await serviceTest(bed, {
    start: (env) => startService(training, env, { logger: silentLogger }),
    startWorker: (env) => start(training, env, { logger: silentLogger }),
    workerFile: new URL('../src/worker.js', import.meta.url),
    peerNames: ['workspace', 'datasets'],
    peers,
    env: {
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'training', 'secret'),
      NOEMA_WORKER_LEASE_MS: '1500',
    },
  });
  const served = [
    ModelService,
    RunService,
    EpochService,
    EvaluationService,
    RecordingService,
    JobService,
  ].map((rpcs) => ({
    service: rpcs,
    address,
  }));
  const as = (teamId: string, role: Role = 'editor') => {
    const caller = { teamId, role };
    return {
      models: client(ModelService, caller),
      runs: client(RunService, caller),
      epochs: client(EpochService, caller),
      evaluations: client(EvaluationService, caller),
      recordings: client(RecordingService, caller),
      jobs: client(JobService, caller),
      methods: client(MethodService, caller),
    };
  };
  const api = as(TEAM);
  let models = 0;

  return {
    as,
    api,
    served,
    signToken,
    env,
    adminUrl,
    store,
    addDataset,
    service,
    startWorker,
    stopWorkers,
    forkWorker,
    addModel: async (topology = makeTopology(), seed = 3): Promise<string> =>
      (await api.models.createModel({ projectId: PROJECT, displayName: `model ${models++}`, topology, seed }))
        .modelVersion!.id,
    createRun: async (
      request: Partial<
        Pick<CreateRunRequest, 'datasetVersionId' | 'modelVersionId' | 'displayName' | 'requestId'>
      > & { settings?: object },
    ): Promise<Run> =>
      (
        await api.runs.createRun({
          projectId: PROJECT,
          settings: { epochs: 2, batchSize: 16, seed: 5 },
          ...request,
        })
      ).run!,
    /** The run once it has ended. */
    ended: async (runId: string): Promise<Run> => {
      let last: Run | undefined;
      for await (const { run } of api.runs.watchRun({ runId })) last = run;
      return last!;
    },
    /** Changes one byte of a stored object. */
    damage: (uri: string): Promise<void> =>
      tamper(bed, uri, (bytes) => bytes.map((byte, at) => (at === bytes.length - 1 ? byte ^ 1 : byte))),
    epochsDone: (runId: string, epochs: number) =>
      waitFor(async () => (await api.runs.getRun({ runId })).run!.epochsDone >= epochs, {
        timeoutMs: 150_000,
        what: `epoch ${epochs} of run ${runId}`,
      }),
    stop: () => bed.stop(),
  };
}
export type RunningTraining = Awaited<ReturnType<typeof startTraining>>;
