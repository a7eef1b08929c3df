import { randomUUID } from 'node:crypto';
import type { DescService } from '@bufbuild/protobuf';
import { type ArtifactStore, openArtifactStore } from '@noema/artifacts';
import type { Role } from '@noema/auth';
import { type BusMessage, PostgresBus } from '@noema/events';
import type { ServiceClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker as start } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { serviceTest, startTestbed, type TestPostgres } from '@noema/testing';
import { explanations } from '../src/index.js';
import { makePeers } from './peers.js';
import { makeWorld, type World } from './world.js';

/** The service with a real database, store and bus, before it a world of data and a model. */
export interface Platform {
  readonly world: World;
  readonly store: ArtifactStore;
  readonly adminUrl: string;
  readonly announced: BusMessage[];
  readonly admin: Database<unknown>;
  /** Announces an epoch of a branch that replaces others. */
  replaceEpoch(
    runId: string,
    branch: { readonly branch: number; readonly branchStart: number },
  ): Promise<void>;
  client<S extends DescService>(service: S, options?: { teamId?: string; role?: Role }): ServiceClient<S>;
  readonly service: RunningApp<unknown>;
  startWorker(): Promise<RunningApp<unknown>>;
  close(): Promise<void>;
}

export async function startPlatform(postgres: TestPostgres): Promise<Platform> {
  const bed = await startTestbed({ postgres });
  const { adminUrl, opened } = bed;
  const store = openArtifactStore(bed.storeUrl, bed.storeKeys);
  const url = serviceUrl(adminUrl, 'explanations', 'secret');
  const world = await makeWorld(store);
  const {
    app: service,
    client,
    startWorker,
  } = await serviceTest(bed, {
    start: (env) => startService(explanations, env, { logger: silentLogger }),
    startWorker: (env) => start(explanations, env, { logger: silentLogger }),
    peerNames: ['datasets', 'training', 'activations'],
    peers: makePeers(world),
    env: { NOEMA_DATABASE_URL: url, NOEMA_ENGINE_THREADS: '1', NOEMA_DRAIN_MS: '1000' },
    teamId: world.teamId,
  });
  const bus = opened(new PostgresBus(opened(Database.connect({ url, schema: 'explanations' }))));
  const announced: BusMessage[] = [];
  const subscription = await bus.subscribe(
    { name: `test__analysis_ready_${randomUUID()}`, event: 'explanations.AnalysisReady' },
    (message) => {
      announced.push(message);
      return Promise.resolve();
    },
  );
  opened({ close: () => subscription.stop() });
  return {
    world,
    store,
    adminUrl,
    announced,
    admin: opened(Database.connect<unknown>({ url: adminUrl, schema: 'explanations' })),
    replaceEpoch: async (runId, { branch, branchStart }) => {
      await bus.publish([
        {
          id: randomUUID(),
          teamId: world.teamId,
          event: 'training.EpochCompleted',
          subject: `noema.training.v1.epoch_completed.${runId}.${branchStart}`,
          time: new Date(),
          body: { runId, projectId: world.projectId, epoch: branchStart, branch, branchStart },
        },
      ]);
    },
    client,
    service,
    startWorker,
    close: () => bed.stop(),
  };
}
