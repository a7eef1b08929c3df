import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { DescService } from '@bufbuild/protobuf';
import { type ArtifactStore, openArtifactStore } from '@noema/artifacts';
import { tamper } from '@noema/artifacts/tampering';
import type { Role } from '@noema/auth';
import { type BusMessage, PostgresBus } from '@noema/events';
import type { ServiceClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { startTestbed, type TestPostgres } from '@noema/testing';
import { activations } from '../src/index.js';
import { peersOf } from './peers.js';
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
  startWorker(settings?: Readonly<Record<string, string>>): Promise<RunningApp<unknown>>;
  forkWorker(): ChildProcess;
  /** A worker with these settings besides, which is expected to end by itself. */
  workerThatEnds(
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
  const env = {
    ...bed.env,
    NOEMA_DATABASE_URL: url,
    NOEMA_SERVICES: await bed.serve(['datasets', 'training', 'workspace'], peersOf(world)),
    NOEMA_WORKER_LEASE_MS: '1000',
    NOEMA_ENGINE_THREADS: '1',
    NOEMA_DRAIN_MS: '1000',
  };
  const { address } = opened(await startService(activations, env, { logger: silentLogger }));
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
    client: (service, { teamId = world.teamId, role = 'editor' } = {}) =>
      bed.client(service, { address, teamId, role }),
    completeEpoch: async (runId, id = randomUUID(), more = {}) => {
      await bus.publish([
        {
          id,
          teamId: world.teamId,
          event: 'training.EpochCompleted',
          subject: `noema.training.v1.epoch_completed.${runId}.1`,
          time: new Date(),
          body: { ...world.epochOf(runId), ...more } as never,
        },
      ]);
    },
    startWorker: async (settings = {}) =>
      opened(await startWorker(activations, { ...env, ...settings }, { logger: silentLogger })),
    forkWorker: () => {
      const child = fork(new URL('../src/worker.js', import.meta.url), {
        env: { ...process.env, ...env },
        stdio: 'inherit',
      });
      opened({
        close: () => {
          child.kill('SIGKILL');
        },
      });
      return child;
    },
    workerThatEnds: async (settings) => {
      const child = fork(new URL('../src/worker.js', import.meta.url), {
        env: { ...process.env, ...env, ...settings },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      opened({
        close: () => {
          child.kill('SIGKILL');
        },
      });
      let output = '';
      child.stderr!.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output };
    },
    close: () => bed.stop(),
  };
}
