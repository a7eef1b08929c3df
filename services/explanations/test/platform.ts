import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { DescService } from '@bufbuild/protobuf';
import { type ArtifactStore, openArtifactStore } from '@noema/artifacts';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import { type BusMessage, PostgresBus } from '@noema/events';
import { createClient, type ServiceClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker } from '@noema/host';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { temporaryDirectory, type TestPostgres } from '@noema/testing';
import { explanations } from '../src/index.js';
import { startPeers } from './peers.js';
import { makeWorld, type World } from './world.js';

/** The service with a real database, store and bus, before it a world of data and a model. */
export interface Platform {
  readonly world: World;
  readonly store: ArtifactStore;
  readonly adminUrl: string;
  readonly announced: BusMessage[];
  client<S extends DescService>(service: S, options?: { teamId?: string; role?: Role }): ServiceClient<S>;
  startWorker(): Promise<RunningApp<unknown>>;
  close(): Promise<void>;
}

export async function startPlatform(postgres: TestPostgres): Promise<Platform> {
  const adminUrl = await postgres.createDatabase(), url = serviceUrl(adminUrl, 'explanations', 'secret'), directory = await temporaryDirectory();
  const storeUrl = pathToFileURL(directory.path).href, store = openArtifactStore(storeUrl), key = await generateSigningKey(), world = await makeWorld(store);
  const peers = await startPeers(world, key.jwks);
  const env: Record<string, string> = {
    NOEMA_DATABASE_URL: url, NOEMA_DATABASE_ADMIN_URL: adminUrl, NOEMA_STORE_URL: storeUrl, NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_SERVICES: `datasets=${peers.address},training=${peers.address},activations=${peers.address}`, NOEMA_LOG_LEVEL: 'silent', NOEMA_ENGINE_THREADS: '1', NOEMA_DRAIN_MS: '1000',
  };
  const service = await startService(explanations, env, { logger: silentLogger });
  const own = Database.connect({ url, schema: 'explanations' });
  const bus = new PostgresBus(own), announced: BusMessage[] = [];
  const subscription = await bus.subscribe({ name: `test__analysis_ready_${randomUUID()}`, event: 'explanations.AnalysisReady' }, (message) => { announced.push(message); return Promise.resolve(); });
  const signer = new TokenSigner({ privateKey: key.privateKey });
  const workers: RunningApp<unknown>[] = [];
  return {
    world, store, adminUrl, announced,
    client: (served, { teamId = world.teamId, role = 'editor' } = {}) => createClient(served, { address: service.address, token: async () => (await signer.sign({ teamId, subject: 'ann', role })).token }),
    startWorker: async () => {
      const worker = await startWorker(explanations, env, { logger: silentLogger });
      workers.push(worker);
      return worker;
    },
    close: async () => {
      for (const worker of workers) await worker.close();
      await subscription.stop();
      await service.close();
      await peers.close();
      await bus.close();
      await own.close();
      await directory.remove();
    },
  };
}
