import { randomUUID } from 'node:crypto';
import { create, type DescService } from '@bufbuild/protobuf';
import { artifactKey, type ArtifactStore, openArtifactStore, writeMatrix } from '@noema/artifacts';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { NeighborGraphReadySchema } from '@noema/contracts/noema/similarity/v1/neighbor_graph_events';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { type BusMessage, NeighborGraphReady, Outbox, PostgresBus } from '@noema/events';
import type { ServiceClient } from '@noema/grpc';
import { ArtifactSweep, serviceUrl, startService, startWorker as start } from '@noema/host';
import { type ArtifactRef, DomainError, type Port, uuidv7 } from '@noema/kernel';
import { exactNeighbors, points } from '@noema/manifold';
import { silentLogger } from '@noema/observability';
import { writeSampleTable } from '@noema/population';
import { ARROW_MEDIA_TYPE, writeEvaluation, writeNeighbors, writeVectors } from '@noema/population/files';
import { Database } from '@noema/postgres';
import { peer, serviceTest, startTestbed } from '@noema/testing';
import type { MapThread } from '../src/engine/map.thread.js';
import { projection } from '../src/index.js';
import { WorkerModule } from '../src/worker.module.js';

const CLASS_NAMES = ['zero', 'one', 'two'];
/** Ids with characters that addresses, JSON and SQL use. */
export const toSampleId = (row: number): string =>
  [`s${row}`, `größe/${row} 🙂`, `"${row}'; --`, `<b>${row}</b>%2F`][row % 4]!;
/** Computes the probability that the model predicts for a class of a row. */
export const computeProbability = (row: number, one: number): number => ((row + 2 * one) % 7) / 10;

/** A population and its data; `classes` [n] has −1 for unlabeled samples. */
export interface Population {
  readonly teamId: string;
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly classes: readonly number[];
  /** Empty for a population without classes, whose model predicts a number. */
  readonly classNames: readonly string[];
}

export interface Platform {
  readonly adminUrl: string;
  readonly store: ArtifactStore;
  /** Messages of ExplorationReady so far. */
  readonly announced: readonly BusMessage[];
  /** States that the activations service reports for sets that it has not announced: `run/epoch` → state. */
  readonly sets: Map<string, JobState>;
  /** With `later` another version of that population's data, whose rows are its rows from `from` on. */
  population(
    classes: readonly number[],
    classNames?: readonly string[],
    later?: { of: Population; from: number },
  ): Promise<Population>;
  /**
   * Projects vectors of a population into the basis of a set, as the activations service would; returns the
   * id of their set.
   */
  project(population: Population, referenceSetId: string, vectors: Float32Array, d: number): Promise<string>;
  /** Announces the graph of an epoch and returns the id of its set. */
  announce(
    population: Population,
    runId: string,
    epoch: number,
    vectors: Float32Array,
    d: number,
    space?: string,
  ): Promise<string>;
  client<S extends DescService>(service: S, teamId: string, role?: 'viewer' | 'editor'): ServiceClient<S>;
  /** Sweeps the store at once, whatever the age of what nothing names. */
  sweep(): Promise<number>;
  stop(): Promise<void>;
}

/** `thread` makes the maps of the worker; by default a thread of its own. */
export async function startPlatform({
  seed = 11,
  thread,
}: {
  readonly seed?: number;
  readonly thread?: Port<MapThread>;
} = {}): Promise<Platform> {
  const bed = await startTestbed();
  const { adminUrl, opened } = bed;
  const store = openArtifactStore(bed.storeUrl, bed.storeKeys);
  const versions = new Map<
    string,
    {
      samples: ArtifactRef;
      classNames: readonly string[];
      shards: { rows: number; inputs: ArtifactRef; groundTruth: ArtifactRef | undefined }[];
    }
  >();
  const sets = new Map<string, JobState>();
  const projected = new Map<
    string,
    {
      readonly referenceSetId: string;
      readonly datasetVersionId: string;
      readonly sampleCount: number;
      readonly vectors: readonly ArtifactRef[];
    }
  >();
  const {
    app: service,
    env,
    client,
    startWorker,
  } = await serviceTest(bed, {
    start: (env) => startService(projection, env, { logger: silentLogger }),
    startWorker: (env) =>
      start({ ...projection, worker: (host) => WorkerModule.register(host, thread) }, env, {
        logger: silentLogger,
      }),
    peerNames: ['datasets', 'training', 'activations'],
    peers: [
      peer(DatasetService, {
        getDatasetVersion: ({ datasetVersionId }) => ({
          datasetVersion: {
            id: datasetVersionId,
            classNames: [...versions.get(datasetVersionId)!.classNames],
            samples: artifactRefMessage(versions.get(datasetVersionId)!.samples),
          },
        }),
        listShards: ({ datasetVersionId }) => ({
          shards: versions.get(datasetVersionId)!.shards.map(({ rows, inputs, groundTruth }, index, all) => ({
            index,
            firstRow: all.slice(0, index).reduce((sum, shard) => sum + shard.rows, 0),
            rowCount: rows,
            inputs: artifactRefMessage(inputs),
            ...(groundTruth && { groundTruths: artifactRefMessage(groundTruth) }),
          })),
        }),
      }),
      peer(RunService, { getRun: ({ runId }) => ({ run: { id: runId, settings: { seed } } }) }),
      peer(ActivationSetService, {
        getActivationSet: ({ activationSetId }) => {
          const set = projected.get(activationSetId);
          if (set === undefined)
            throw new DomainError(
              'not-found',
              'ACTIVATION_SET_NOT_FOUND',
              `activation set "${activationSetId}" does not exist`,
            );
          return {
            activationSet: {
              id: activationSetId,
              state: JobState.SUCCEEDED,
              referenceSetId: set.referenceSetId,
              datasetVersionId: set.datasetVersionId,
              sampleCount: set.sampleCount,
            },
          };
        },
        listActivationShards: ({ activationSetId }) => ({
          shards: projected
            .get(activationSetId)!
            .vectors.map((ref, index) => ({ index, vectors: artifactRefMessage(ref) })),
        }),
        listActivationSets: ({ runId, epoch }) => {
          const state = sets.get(`${runId}/${epoch}`);
          return {
            activationSets:
              state === undefined
                ? []
                : [{ id: uuidv7(), runId, epoch: epoch ?? 0, perceptionSpaceId: 'all', state }],
          };
        },
      }),
    ],
    env: { NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'projection', 'secret') },
  });
  await startWorker();
  const db = opened(Database.connect<unknown>({ url: env.NOEMA_DATABASE_URL, schema: 'projection' }));
  const bus = opened(new PostgresBus(db));
  const announced: BusMessage[] = [];
  const subscription = await bus.subscribe(
    { name: `test__exploration_ready_${randomUUID()}`, event: 'projection.ExplorationReady' },
    (message) => {
      announced.push(message);
      return Promise.resolve();
    },
  );
  opened({ close: () => subscription.stop() });
  const putFile = (
    where: { teamId: string; projectId: string },
    id: string,
    part: string,
    bytes: Uint8Array,
  ): Promise<ArtifactRef> =>
    store.put(
      artifactKey({ teamId: where.teamId, projectId: where.projectId, kind: 'test', id, part }),
      bytes,
      ARROW_MEDIA_TYPE,
    );
  const put = (
    where: { teamId: string; projectId: string },
    id: string,
    part: string,
    columns: Parameters<typeof writeMatrix>[0],
  ): Promise<ArtifactRef> => putFile(where, id, part, writeMatrix(columns));
  return {
    adminUrl,
    store,
    announced,
    sets,
    async population(classes, classNames = CLASS_NAMES, later) {
      const from = later?.from ?? 0;
      const population = {
        teamId: later?.of.teamId ?? uuidv7(),
        projectId: later?.of.projectId ?? uuidv7(),
        datasetVersionId: uuidv7(),
        classes,
        classNames,
      };
      const half = Math.ceil(classes.length / 2);
      const shards = await Promise.all(
        [classes.slice(0, half), classes.slice(half)].map(async (part, shard) => ({
          rows: part.length,
          inputs: await put(population, population.datasetVersionId, `inputs-${shard}.arrow`, [
            { name: 'x', data: new Float32Array(part.length), rows: part.length, dims: [] },
          ]),
          groundTruth:
            part.every((c) => c < 0) || classNames.length === 0
              ? undefined
              : await put(population, population.datasetVersionId, `truth-${shard}.arrow`, [
                  {
                    name: 'digit',
                    data: Float32Array.from(
                      part.flatMap((c) => CLASS_NAMES.map((_, at) => (c < 0 ? NaN : Number(at === c)))),
                    ),
                    rows: part.length,
                    dims: [CLASS_NAMES.length],
                  },
                ]),
        })),
      );
      const table = await writeSampleTable(
        {
          splits: classes.map((_, row) => ((row + from) % 5 === 0 ? 'validation' : 'training')),
          sampleIds: classes.map((_, row) => toSampleId(row + from)),
          classIndexes: classes,
          metadata: [
            {
              name: 'ink',
              type: 'number',
              values: classes.map((_, row) => (row === 3 ? null : row / classes.length)),
            },
            {
              name: 'colour',
              type: 'string',
              values: classes.map((_, row) => (row % 2 === 0 ? 'red' : 'blue')),
            },
          ],
        },
        { classNames, shardSize: half },
      );
      const where = {
        teamId: population.teamId,
        projectId: population.projectId,
        kind: 'test',
        id: population.datasetVersionId,
        part: 'samples.parquet',
      };
      versions.set(population.datasetVersionId, {
        samples: await store.put(artifactKey(where), table, 'application/vnd.apache.parquet'),
        classNames,
        shards,
      });
      return population;
    },
    async announce(population, runId, epoch, vectors, d, space = 'all') {
      const { classes, teamId, projectId, datasetVersionId } = population;
      const [neighborGraphId, activationSetId, rows] = [uuidv7(), uuidv7(), classes.length];
      const k = Math.min(24, rows - 1);
      const width = Math.max(population.classNames.length, 1);
      const graph = exactNeighbors(points(vectors, d), k);
      const isRegression = population.classNames.length === 0;
      const [artifact, vectorsRef, evaluation] = await Promise.all([
        putFile(population, neighborGraphId, 'graph.arrow', writeNeighbors(graph)),
        putFile(
          population,
          activationSetId,
          'vectors-0.arrow',
          writeVectors({ data: vectors, rows, width: d }),
        ),
        putFile(
          population,
          activationSetId,
          'evaluation.arrow',
          writeEvaluation([
            {
              rows,
              width,
              task: isRegression ? 'regression' : 'multi-class',
              loss: Float32Array.from(classes, (c, row) => (c < 0 ? NaN : row / 100)),
              hasLoss: Uint8Array.from(classes, (c) => (c < 0 ? 0 : 1)),
              predictedClass: Int32Array.from(classes, (c) => Math.max(c, 0)),
              trueClass: Int32Array.from(classes),
              correct: Uint8Array.from(classes, (c, row) => (c >= 0 && row % 10 > 0 ? 1 : 0)),
              outputs: isRegression
                ? Float32Array.from(classes, (c) => c + 0.5)
                : Float32Array.from({ length: rows * width }, (_, at) =>
                    computeProbability(Math.floor(at / width), at % width),
                  ),
              ...(isRegression && {
                targets: Float32Array.from(classes),
                residual: new Float32Array(rows).fill(-0.5),
              }),
            },
          ]),
        ),
      ]);
      await db.run(teamId, async () => {
        await new Outbox(db).publish(
          NeighborGraphReady,
          create(NeighborGraphReadySchema, {
            neighborGraphId,
            indexId: uuidv7(),
            projectId,
            activationSetId,
            runId,
            epoch,
            datasetVersionId,
            perceptionSpaceId: space,
            sampleCount: rows,
            k,
            artifact: artifactRefMessage(artifact),
            vectors: [artifactRefMessage(vectorsRef)],
            evaluation: artifactRefMessage(evaluation),
          }),
        );
      });
      return activationSetId;
    },
    async project(population, referenceSetId, vectors, d) {
      const id = uuidv7();
      const rows = population.classes.length;
      const half = Math.floor(rows / 2);
      const parts = await Promise.all(
        [vectors.slice(0, half * d), vectors.slice(half * d)].map((data, shard) =>
          putFile(
            population,
            id,
            `vectors-${shard}.arrow`,
            writeVectors({ data, rows: data.length / d, width: d }),
          ),
        ),
      );
      projected.set(id, {
        referenceSetId,
        datasetVersionId: population.datasetVersionId,
        sampleCount: rows,
        vectors: parts,
      });
      return id;
    },
    client: (service, teamId, role = 'viewer') => client(service, { teamId, role }),
    async sweep() {
      return (await service.app.get(ArtifactSweep).run({ graceMs: -1_000 })).objects;
    },
    stop: () => bed.stop(),
  };
}
