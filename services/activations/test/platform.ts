import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { DescService } from '@bufbuild/protobuf';
import { type ArtifactStore, openArtifactStore } from '@noema/artifacts';
import { tamper } from '@noema/artifacts/tampering';
import type { Role } from '@noema/auth';
import { type BusMessage, PostgresBus } from '@noema/events';
import type { ServiceClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker as start } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { serviceTest, startTestbed, type TestPostgres } from '@noema/testing';
import { activations } from '../src/index.js';
import { makePeers } from './peers.js';
import { makeWorld, type World } from './world.js';

/** The service with a real database, store and bus, before it a world of data and a model. */
export interface Platform {
  readonly world: World;
  readonly store: ArtifactStore;
  /** Changes a stored object behind the store's back. */
  hurt(uri: string): Promise<void>;
  readonly admin: Database<unknown>;
  readonly adminUrl: string;
  readonly announced: BusMessage[];
  client<S extends DescService>(service: S, options?: { teamId?: string; role?: Role }): ServiceClient<S>;
  /** Announces the epoch of a run, with `more` in what is announced. */
  completeEpoch(runId: string, messageId?: string, more?: object): Promise<void>;
  readonly service: RunningApp<unknown>;
  startWorker(settings?: Readonly<Record<string, string>>): Promise<RunningApp<unknown>>;
  forkWorker(settings?: Readonly<Record<string, string>>): ChildProcess;
  /** Starts a worker with these settings in its own process, which is expected to exit. */
  runWorker(
    settings: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | null; readonly output: string }>;
  close(): Promise<void>;
}

export async function startPlatform(postgres: TestPostgres): Promise<Platform> {
  const bed = await startTestbed({ postgres });
  const { adminUrl, opened } = bed;
  const store = openArtifactStore(bed.storeUrl, bed.storeKeys);
  const url = serviceUrl(adminUrl, 'activations', 'secret');
  const world = await makeWorld(store);
  const {
    app: service,
    client,
    startWorker,
    forkWorker,
    runWorker,
  } = await serviceTest(bed, {
    start: (env) => startService(activations, env, { logger: silentLogger }),
    startWorker: (env) => start(activations, env, { logger: silentLogger }),
    workerFile: new URL('../src/worker.js', import.meta.url),
    peerNames: ['datasets', 'training', 'workspace'],
    peers: makePeers(world),
    env: {
      NOEMA_DATABASE_URL: url,
      NOEMA_ENGINE_THREADS: '1',
      NOEMA_DRAIN_MS: '1000',
    },
    teamId: world.teamId,
  });
  const admin = opened(Database.connect<unknown>({ url: adminUrl, schema: 'activations' }));
  const own = opened(Database.connect({ url, schema: 'activations' }));
  const bus = opened(new PostgresBus(own));
  const announced: BusMessage[] = [];
  const subscription = await bus.subscribe(
    { name: 'test__activation_set_ready', event: 'activations.ActivationSetReady' },
    (message) => {
      announced.push(message);
      return Promise.resolve();
    },
  );
  opened({ close: () => subscription.stop() });
  return {
    world,
    store,
    hurt: (uri) => tamper(bed, uri, () => Buffer.from('not what was stored')),
    admin,
    adminUrl,
    announced,
    client,
    completeEpoch: async (runId, id = randomUUID(), more = {}) => {
      await bus.publish([
        {
          id,
          teamId: world.teamId,
          event: 'training.EpochCompleted',
          subject: `noema.training.v1.epoch_completed.${runId}.1`,
          time: new Date(),
          body: { ...world.makeEpoch(runId), ...more } as never,
        },
      ]);
    },
    service,
    startWorker,
    forkWorker,
    runWorker,
    close: () => bed.stop(),
  };
}
