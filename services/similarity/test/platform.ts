import { create, type DescService } from '@bufbuild/protobuf';
import { type ArtifactStore, artifactKey, openArtifactStore, writeMatrix } from '@noema/artifacts';
import { tamper } from '@noema/artifacts/tampering';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetReadySchema } from '@noema/contracts/noema/activations/v1/activation_set_events';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { ActivationSetReady, Outbox, PostgresBus, type Bus } from '@noema/events';
import { createClient, type ServiceClient } from '@noema/grpc';
import { serviceUrl, startService, startWorker as start } from '@noema/host';
import { type ArtifactRef, DomainError, uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { type Basis, encodeBasis, encodeMoments, type Moments, project } from '@noema/perception';
import { writeSampleTable } from '@noema/population';
import { writeVectors } from '@noema/population/files';
import { Database } from '@noema/postgres';
import { type Peer, peer, serviceTest, startTestbed } from '@noema/testing';
import { similarity } from '../src/index.js';

/** The datasets service as far as this service asks it: where a version's table of samples is. */
const datasetsPeer = (samples: ReadonlyMap<string, { teamId: string; ref: ArtifactRef }>): Peer =>
  peer(DatasetService, {
    getDatasetVersion: ({ datasetVersionId }, { principal }) => {
      const version = samples.get(datasetVersionId);
      if (version?.teamId !== principal.teamId)
        throw new DomainError('not-found', 'DATASET_VERSION_NOT_FOUND', 'no such version');
      return { datasetVersion: { id: datasetVersionId, samples: artifactRefMessage(version.ref) } };
    },
  });

/**
 * Responses as the activations service keeps them: [n, d] float32, with the moments and the basis of the
 * set's space.
 */
export interface PlantedResponses {
  readonly responses: Float32Array;
  readonly moments: Moments;
  readonly basis: Basis;
}

interface ResponseRefs {
  readonly teamId: string;
  readonly datasetVersionId: string;
  readonly referenceSetId: string;
  readonly basis: ArtifactRef;
  readonly moments: ArtifactRef;
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly ref: ArtifactRef;
    readonly vectors: ArtifactRef;
  }[];
}

/** The activations service as far as this service asks it: where the responses of a set are. */
function activationsPeer(sets: ReadonlyMap<string, ResponseRefs>): Peer {
  const of = (id: string, teamId: string): ResponseRefs => {
    const set = sets.get(id);
    if (set?.teamId !== teamId) throw new DomainError('not-found', 'ACTIVATION_SET_NOT_FOUND', 'no such set');
    return set;
  };
  return peer(ActivationSetService, {
    getActivationSet: ({ activationSetId }, { principal }) => {
      const { basis, moments, datasetVersionId, referenceSetId } = of(activationSetId, principal.teamId);
      return {
        activationSet: {
          id: activationSetId,
          datasetVersionId,
          referenceSetId,
          basis: artifactRefMessage(basis),
          moments: artifactRefMessage(moments),
        },
      };
    },
    listActivationShards: ({ activationSetId }, { principal }) => ({
      shards: of(activationSetId, principal.teamId).shards.map(
        ({ firstRow, rowCount, ref, vectors }, index) => ({
          index,
          firstRow,
          rowCount,
          responses: artifactRefMessage(ref),
          vectors: artifactRefMessage(vectors),
        }),
      ),
    }),
  });
}

/** A set of vectors as the activations service would leave it. */
export interface Planted {
  readonly teamId: string;
  readonly projectId: string;
  readonly activationSetId: string;
  readonly datasetVersionId: string;
}

export interface Sample {
  readonly split: string;
  readonly id: string;
  readonly label: number;
  readonly ink: number;
  readonly vector: readonly number[];
}

/** The service and a worker of it, on a real Postgres and a real store. */
export interface Platform {
  readonly adminUrl: string;
  readonly store: ArtifactStore;
  readonly storeUrl: string;
  /** Changes a stored object behind the store's back. */
  tamper(uri: string, change: (bytes: Buffer) => Uint8Array): Promise<void>;
  readonly bus: Bus;
  plant(samples: readonly Sample[], over?: Partial<Planted>): Promise<Planted>;
  /** Announces the set; `damaged` changes the stored bytes of its vectors before. */
  announce(planted: Planted, samples: readonly Sample[], damaged?: boolean): Promise<void>;
  /**
   * Stores responses of a set and its vectors in two shards; of other data with the set whose basis it is in.
   */
  plantResponses(planted: Planted, given: PlantedResponses, referenceSetId?: string): Promise<void>;
  client<S extends DescService>(service: S, teamId: string, role?: 'viewer' | 'editor'): ServiceClient<S>;
  anonymous<S extends DescService>(service: S): ServiceClient<S>;
  stop(): Promise<void>;
}

/** Starts the platform; `over` adds settings to the service and to the worker. */
export async function startPlatform(over: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const bed = await startTestbed();
  const { adminUrl, storeUrl, opened } = bed;
  const store = openArtifactStore(storeUrl, bed.storeKeys);
  const samples = new Map<string, { teamId: string; ref: ArtifactRef }>();
  const sets = new Map<string, ResponseRefs>();
  const { address, env, client, startWorker } = await serviceTest(bed, {
    start: (env) => startService(similarity, env, { logger: silentLogger }),
    startWorker: (env) => start(similarity, env, { logger: silentLogger }),
    peerNames: ['datasets', 'activations'],
    peers: [datasetsPeer(samples), activationsPeer(sets)],
    env: { NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'similarity', 'secret'), ...over },
  });
  await startWorker();
  const db = opened(Database.connect<unknown>({ url: env.NOEMA_DATABASE_URL, schema: 'similarity' }));
  const bus = opened(new PostgresBus(db));
  return {
    adminUrl,
    store,
    storeUrl,
    bus,
    tamper: (uri, change) => tamper(bed, uri, change),
    async plant(all, over = {}) {
      const planted = {
        teamId: uuidv7(),
        projectId: uuidv7(),
        activationSetId: uuidv7(),
        datasetVersionId: uuidv7(),
        ...over,
      };
      const classNames = [...new Set(all.map((s) => String(s.label)))];
      const table = await writeSampleTable(
        {
          splits: all.map((s) => s.split),
          sampleIds: all.map((s) => s.id),
          classIndexes: all.map((s) => classNames.indexOf(String(s.label))),
          metadata: [{ name: 'ink', type: 'number', values: all.map((s) => s.ink) }],
        },
        { classNames, shardSize: Math.ceil(all.length / 2) },
      );
      const where = {
        teamId: planted.teamId,
        projectId: planted.projectId,
        kind: 'datasets',
        id: planted.datasetVersionId,
        part: 'samples.parquet',
      };
      samples.set(planted.datasetVersionId, {
        teamId: planted.teamId,
        ref: await store.put(artifactKey(where), table, 'application/vnd.apache.parquet'),
      });
      return planted;
    },
    async announce(planted, all, damaged = false) {
      const d = all[0]!.vector.length;
      const half = Math.ceil(all.length / 2);
      const vectors = await Promise.all(
        [all.slice(0, half), all.slice(half)].map(async (part, shard) => {
          const bytes = writeVectors({
            data: Float32Array.from(part.flatMap((sample) => sample.vector)),
            rows: part.length,
            width: d,
          });
          const where = {
            teamId: planted.teamId,
            projectId: planted.projectId,
            kind: 'activations',
            id: planted.activationSetId,
            part: `vectors-${shard}.arrow`,
          };
          const ref = await store.put(artifactKey(where), bytes, 'application/vnd.apache.arrow.file');
          if (damaged)
            await tamper(bed, ref.uri, (stored) => stored.map((byte, at) => (at === 800 ? byte ^ 1 : byte)));
          return artifactRefMessage(ref);
        }),
      );
      await db.run(planted.teamId, async () => {
        await new Outbox(db).publish(
          ActivationSetReady,
          create(ActivationSetReadySchema, {
            ...planted,
            runId: uuidv7(),
            epoch: 1,
            perceptionSpaceId: 'all',
            sampleCount: all.length,
            dimensions: d,
            vectors,
          }),
        );
      });
    },
    async plantResponses(
      { teamId, projectId, activationSetId: id, datasetVersionId },
      { responses, moments, basis },
      referenceSetId = '',
    ) {
      const put = (part: string, bytes: Uint8Array): Promise<ArtifactRef> =>
        store.put(
          artifactKey({ teamId, projectId, kind: 'activations', id, part }),
          bytes,
          'application/octet-stream',
        );
      const d = moments.mean.length;
      const n = responses.length / d;
      const half = n >> 1;
      const shards = await Promise.all(
        [
          [0, half],
          [half, n],
        ].map(async ([from, to], shard) => {
          const rows = to! - from!;
          const data = responses.slice(from! * d, to! * d);
          const vectors = project(basis, data);
          return {
            vectors: await put(
              `vectors-${shard}.arrow`,
              writeVectors({ data: vectors, rows, width: vectors.length / rows }),
            ),
            firstRow: from!,
            rowCount: rows,
            ref: await put(
              `responses-${shard}.arrow`,
              writeMatrix([
                { name: 'mean', data, rows, dims: [d] },
                { name: 'max', data, rows, dims: [d] },
              ]),
            ),
          };
        }),
      );
      sets.set(id, {
        teamId,
        datasetVersionId,
        referenceSetId,
        shards,
        basis: await put('basis.f64', encodeBasis(basis)),
        moments: await put('moments.f64', encodeMoments(moments)),
      });
    },
    client: (service, teamId, role = 'viewer') => client(service, { teamId, role }),
    anonymous: (service) => opened(createClient(service, { address })),
    stop: () => bed.stop(),
  };
}
