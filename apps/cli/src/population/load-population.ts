import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { allPages, DomainError } from '@noema/kernel';
import {
  EvaluationFile,
  joinVectors,
  readMap,
  readNeighbors,
  readVectors,
  type StoredOutput,
} from '@noema/population/files';
import { EVALUATION_COLUMNS } from '@noema/population/rules';
import { splitName } from '../commands/sample-address.js';
import type { Noema } from '../noema.js';
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
    read(exploration.points).then(readMap),
    loadVectors(noema, read, activationSetId),
    noema.neighborGraphs
      .getNeighborGraph({ neighborGraphId })
      .then(async ({ neighborGraph }) => readNeighbors(await read(neighborGraph?.artifact))),
    noema.epochs
      .getEpoch({ runId, epoch: number })
      .then(async ({ epoch }) => EvaluationFile.read(await read(epoch?.evaluation)).first),
    noema.datasets.getDatasetVersion({ datasetVersionId }),
    known ?? loadSamples(noema, datasetVersionId),
  ]);
  const { dimensions, coordinates } = points;
  const axis = (of: number): Float32Array =>
    Float32Array.from({ length: points.rows }, (_, row) => coordinates[row * dimensions + of]!);
  return {
    explorationId,
    epoch: number,
    classNames: version.datasetVersion!.classNames,
    samples: samples.rows,
    label: samples.label,
    predicted: evaluation.predictedClass ?? new Int32Array(evaluation.rows).fill(-1),
    loss: evaluation.loss,
    probabilities: { data: evaluation.outputs.data, columns: evaluation.outputs.width },
    outcomes: toOutcomes(evaluation),
    x: axis(0),
    y: axis(1),
    cluster: points.clusters,
    trust: points.trust,
    vectors,
    neighbors: { data: graph.indices, columns: graph.k },
    distances: { data: graph.distances, columns: graph.k },
  };
}

/** Columns by title of tasks other than classes, where a row has one number. */
function toOutcomes({
  predictions,
  targets,
  residual,
  pixelAccuracy,
  iou,
}: StoredOutput): Record<string, Float32Array> {
  return {
    ...(predictions?.width === 1 && { prediction: predictions.data }),
    ...(targets?.width === 1 && { target: targets.data }),
    ...(residual && { residual }),
    ...(pixelAccuracy && { [EVALUATION_COLUMNS.pixelAccuracy]: pixelAccuracy }),
    ...(iou && { iou }),
  };
}

async function loadVectors(noema: Noema, read: ReadArtifact, activationSetId: string): Promise<Matrix> {
  const { shards } = await noema.activationSets.listActivationShards({ activationSetId, pageSize: 1000 });
  const { data, width } = await joinVectors(
    shards.map((shard) => async () => readVectors(await read(shard.vectors))),
    {
      rows: shards.reduce((sum, { rowCount }) => sum + rowCount, 0),
      owner: `activation set ${activationSetId}`,
    },
  );
  return { data, columns: width };
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
