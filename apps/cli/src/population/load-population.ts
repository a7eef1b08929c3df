import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { readMatrix } from '@noema/artifacts';
import { DomainError } from '@noema/kernel';
import { splitName } from '../commands/sample-address.js';
import type { Noema } from '../noema.js';
import { allPages } from './all-pages.js';
import type { Matrix, Population, PopulationSample } from './population.js';

/** Gives the verified bytes of an artifact. */
export type ReadArtifact = (ref: ArtifactRef | undefined) => Promise<Uint8Array>;

/** Who the samples of a dataset version are, in the order of their rows. */
export interface Samples {
  readonly rows: readonly PopulationSample[];
  readonly label: Int32Array;
}

/**
 * Fetches everything that an exploration shows and stands on; `known` are the samples, where they were
 * fetched before. Throws `precondition` EXPLORATION_NOT_READY while it is being made.
 */
export async function loadPopulation(
  noema: Noema,
  read: ReadArtifact,
  explorationId: string,
  known?: Samples,
): Promise<Population> {
  const { exploration } = await noema.explorations.getExploration({ explorationId });
  if (exploration?.points === undefined)
    throw new DomainError(
      'precondition',
      'EXPLORATION_NOT_READY',
      `exploration ${explorationId} is not ready; watch it with "noema explorations get ${explorationId}"`,
    );
  const { activationSetId, neighborGraphId, runId, epoch: number, datasetVersionId } = exploration;
  const [points, vectors, graph, evaluation, version, samples] = await Promise.all([
    read(exploration.points).then(readMatrix),
    loadVectors(noema, read, activationSetId),
    noema.neighborGraphs
      .getNeighborGraph({ neighborGraphId })
      .then(async ({ neighborGraph }) => readMatrix(await read(neighborGraph?.artifact))),
    noema.epochs
      .getEpoch({ runId, epoch: number })
      .then(async ({ epoch }) => readMatrix(await read(epoch?.evaluation))),
    noema.datasets.getDatasetVersion({ datasetVersionId }),
    known ?? loadSamples(noema, datasetVersionId),
  ]);
  const has = (name: string): boolean => evaluation.columns.some((column) => column.name === name);
  const coordinates = points.float32('coordinates');
  const dimensions = coordinates.dims[0]!;
  const axis = (of: number): Float32Array =>
    Float32Array.from({ length: coordinates.rows }, (_, row) => coordinates.data[row * dimensions + of]!);
  return {
    explorationId,
    epoch: number,
    classNames: version.datasetVersion!.classNames,
    samples: samples.rows,
    label: samples.label,
    predicted: has('predicted_class')
      ? evaluation.int32('predicted_class').data
      : new Int32Array(evaluation.rows).fill(-1),
    loss: evaluation.float32('loss').data,
    probabilities: matrix(evaluation.float32(has('predictions') ? 'predictions' : 'probabilities')),
    outcomes: Object.fromEntries(
      OUTCOMES.filter(has).flatMap((name) => {
        const { data, dims } = evaluation.float32(name);
        return (dims[0] ?? 1) === 1 ? [[OUTCOME_TITLES[name] ?? name, data] as const] : [];
      }),
    ),
    x: axis(0),
    y: axis(1),
    cluster: points.int32('clusters').data,
    trust: points.float32('trust').data,
    vectors,
    neighbors: matrix(graph.int32('indices')),
    distances: matrix(graph.float32('distances')),
  };
}

/** Columns of an evaluation that tasks other than classes have. */
const OUTCOMES = ['predictions', 'targets', 'residual', 'pixel_accuracy', 'iou'];
const OUTCOME_TITLES: Readonly<Record<string, string>> = { predictions: 'prediction', targets: 'target' };

const matrix = <T extends Float32Array | Int32Array>({
  data,
  dims,
}: {
  readonly data: T;
  readonly dims: readonly number[];
}): Matrix<T> => ({ data, columns: dims[0]! });

async function loadVectors(noema: Noema, read: ReadArtifact, activationSetId: string): Promise<Matrix> {
  const { shards } = await noema.activationSets.listActivationShards({ activationSetId, pageSize: 1000 });
  const parts = await Promise.all(
    shards.map(async (shard) => readMatrix(await read(shard.vectors)).float32('vectors')),
  );
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return { data, columns: parts[0]!.dims[0]! };
}

/** Fetches them page by page. */
export async function loadSamples(noema: Noema, datasetVersionId: string): Promise<Samples> {
  const samples = await allPages(
    (pageToken) => noema.samples.listSamples({ datasetVersionId, pageSize: 1000, pageToken }),
    (page) => page.samples,
  );
  return {
    rows: samples.map((s) => ({ split: splitName(s.ref?.split), sampleId: s.ref?.sampleId ?? '' })),
    label: Int32Array.from(samples, (s) => s.classIndex),
  };
}
