import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { NestFactory } from '@nestjs/core';
import { type ArtifactStore, artifactKey, openArtifactStore, writeMatrix, writeTable } from '@noema/artifacts';
import { generateSigningKey, TokenSigner, TokenVerifier } from '@noema/auth';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetReadySchema } from '@noema/contracts/noema/activations/v1/activation_set_events';
import { DatasetService, type GetDatasetVersionRequest } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { ActivationSetReady, Outbox, PostgresBus, type Bus } from '@noema/events';
import { createClient, GrpcModule, GrpcServer, GrpcService, type Handlers, type ServiceClient } from '@noema/grpc';
import { type RunningApp, serviceUrl, startService, startWorker } from '@noema/host';
import { type ArtifactRef, DomainError, uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { startPostgres, temporaryDirectory } from '@noema/testing';
import type { DescService } from '@bufbuild/protobuf';
import { pathToFileURL } from 'node:url';
import { similarity } from '../src/index.js';

const refuse = (): never => { throw new DomainError('unsupported', 'NOT_IN_TEST', 'the test has no use for this'); };

/** The datasets service as far as this service asks it: where a version's table of samples is. */
const datasetsPeer = (samples: ReadonlyMap<string, { teamId: string; ref: ArtifactRef }>) => {
  @GrpcService(DatasetService)
  class DatasetsPeer implements Handlers<typeof DatasetService> {
    getDatasetVersion({ datasetVersionId }: GetDatasetVersionRequest, { principal }: { principal: { teamId: string } }) {
      const version = samples.get(datasetVersionId);
      if (version?.teamId !== principal.teamId) throw new DomainError('not-found', 'DATASET_VERSION_NOT_FOUND', 'no such version');
      return { datasetVersion: { id: datasetVersionId, samples: artifactRefMessage(version.ref) } };
    }

    createDatasetVersion = refuse;
    listDatasetVersions = refuse;
    deleteDatasetVersion = refuse;
    listShards = refuse;
  }
  return DatasetsPeer;
};

/** A set of vectors as the activations service would leave it. */
export interface Planted {
  readonly teamId: string;
  readonly projectId: string;
  readonly activationSetId: string;
  readonly datasetVersionId: string;
}

export interface Sample { readonly split: string; readonly id: string; readonly label: number; readonly ink: number; readonly vector: readonly number[] }

/** The service and a worker of it, on a real Postgres and a real store. */
export interface Platform {
  readonly adminUrl: string;
  readonly store: ArtifactStore;
  readonly storeUrl: string;
  readonly bus: Bus;
  plant(samples: readonly Sample[], over?: Partial<Planted>): Promise<Planted>;
  /** Announces the set; `damaged` changes the stored bytes of its vectors before. */
  announce(planted: Planted, samples: readonly Sample[], damaged?: boolean): Promise<void>;
  client<S extends DescService>(service: S, teamId: string, role?: 'viewer' | 'editor'): ServiceClient<S>;
  anonymous<S extends DescService>(service: S): ServiceClient<S>;
  stop(): Promise<void>;
}

/** `over` adds settings to those of the service and of the worker. */
export async function startPlatform(over: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const [postgres, directory, key] = await Promise.all([startPostgres(), temporaryDirectory(), generateSigningKey()]);
  const adminUrl = await postgres.createDatabase();
  const storeUrl = pathToFileURL(directory.path).href;
  const store = openArtifactStore(storeUrl);
  const samples = new Map<string, { teamId: string; ref: ArtifactRef }>();
  const verifier = new TokenVerifier({ jwks: key.jwks });
  class Peers {}
  const peers = await NestFactory.createApplicationContext(
    { module: Peers, imports: [GrpcModule.register({ address: '127.0.0.1:0', verifier, logger: silentLogger })], providers: [datasetsPeer(samples)] },
    { logger: false },
  );
  const env = {
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'similarity', 'secret'), NOEMA_DATABASE_ADMIN_URL: adminUrl, NOEMA_STORE_URL: storeUrl,
    NOEMA_SERVICES: `datasets=127.0.0.1:${peers.get(GrpcServer, { strict: false }).port}`, NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey, ...over,
  };
  const apps: RunningApp<unknown>[] = [await startService(similarity, env, { logger: silentLogger })];
  apps.push(await startWorker(similarity, env, { logger: silentLogger }));
  const db = Database.connect<unknown>({ url: env.NOEMA_DATABASE_URL, schema: 'similarity' });
  const bus = new PostgresBus(db);
  const signer = new TokenSigner({ privateKey: key.privateKey });
  const closers: (() => void)[] = [];
  const connect = <S extends DescService>(service: S, token?: () => Promise<string>): ServiceClient<S> => {
    const client = createClient(service, { address: apps[0]!.address, token });
    closers.push(() => { client.close(); });
    return client;
  };
  return {
    adminUrl, store, storeUrl, bus,
    async plant(all, over = {}) {
      const planted = { teamId: uuidv7(), projectId: uuidv7(), activationSetId: uuidv7(), datasetVersionId: uuidv7(), ...over };
      const table = await writeTable([
        { name: 'row', type: 'int32', values: all.map((_, row) => row) },
        { name: 'split', type: 'string', values: all.map((s) => s.split) },
        { name: 'sample_id', type: 'string', values: all.map((s) => s.id) },
        { name: 'class_name', type: 'string', values: all.map((s) => String(s.label)) },
        { name: 'ink', type: 'float64', values: all.map((s) => s.ink) },
      ]);
      const where = { teamId: planted.teamId, projectId: planted.projectId, kind: 'datasets', id: planted.datasetVersionId, part: 'samples.parquet' };
      samples.set(planted.datasetVersionId, { teamId: planted.teamId, ref: await store.put(artifactKey(where), table, 'application/vnd.apache.parquet') });
      return planted;
    },
    async announce(planted, all, damaged = false) {
      const d = all[0]!.vector.length;
      const half = Math.ceil(all.length / 2);
      const vectors = await Promise.all([all.slice(0, half), all.slice(half)].map(async (part, shard) => {
        const bytes = writeMatrix([{ name: 'vectors', data: Float32Array.from(part.flatMap((s) => s.vector)), rows: part.length, dims: [d] }]);
        const where = { teamId: planted.teamId, projectId: planted.projectId, kind: 'activations', id: planted.activationSetId, part: `vectors-${shard}.arrow` };
        const ref = await store.put(artifactKey(where), bytes, 'application/vnd.apache.arrow.file');
        if (damaged) await writeFile(join(directory.path, ref.uri), bytes.map((byte, at) => (at === 800 ? byte ^ 1 : byte)));
        return artifactRefMessage(ref);
      }));
      await db.run(planted.teamId, async () => {
        await new Outbox(db).publish(ActivationSetReady, create(ActivationSetReadySchema, {
          ...planted, runId: uuidv7(), epoch: 1, perceptionSpaceId: 'all', sampleCount: all.length, dimensions: d, vectors,
        }));
      });
    },
    client: (service, teamId, role = 'viewer') => connect(service, async () => (await signer.sign({ teamId, subject: 'ada', role })).token),
    anonymous: (service) => connect(service),
    async stop() {
      for (const close of closers) close();
      await bus.close();
      for (const app of apps.reverse()) await app.close();
      await peers.close();
      await db.close();
      await postgres.stop();
      await directory.remove();
    },
  };
}
