import { allPages, DomainError } from '@noema/kernel';
import {
  EvaluationFile,
  joinVectors,
  nameOutputClasses,
  readMap,
  readNeighbors,
  readVectors,
  type StoredOutput,
} from '@noema/population/files';
import { EVALUATION_COLUMNS } from '@noema/population/rules';
import { splitName } from '../commands/sample-address.js';
import type { ReadArtifact } from '../download/read-artifact.js';
import type { Noema } from '../noema.js';
import type { Matrix, Population, PopulationSample } from './population.js';

/** Who the samples of a dataset version are, in the order of their rows. */
export interface Samples {
  readonly rows: readonly PopulationSample[];
  readonly label: Int32Array;
}

/** Parts of an exploration to load. */
export interface PopulationChoice {
  /** The samples, where they were fetched before. */
  readonly known?: Samples;
  /** Output of the model by its name, with its own loss. Default: the first one, with the losses of all. */
  readonly output?: string;
}

/**
 * Fetches everything that an exploration shows and stands on. Throws `precondition` EXPLORATION_NOT_READY while it is
 * being made, `not-found` OUTPUT_NOT_FOUND with the outputs that the model has.
 */
export async function loadPopulation(
  noema: Noema,
  read: ReadArtifact,
  explorationId: string,
  { known, output = '' }: PopulationChoice = {},
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
    read('projection', exploration.points).then(readMap),
    loadVectors(noema, read, activationSetId),
    noema.neighborGraphs
      .getNeighborGraph({ neighborGraphId })
      .then(async ({ neighborGraph }) => readNeighbors(await read('similarity', neighborGraph?.artifact))),
    noema.epochs
      .getEpoch({ runId, epoch: number })
      .then(async ({ epoch }) => EvaluationFile.read(await read('training', epoch?.evaluation)).find(output)),
    noema.datasets.getDatasetVersion({ datasetVersionId }),
    known ?? loadSamples(noema, datasetVersionId),
  ]);
  const { dimensions, coordinates } = points;
  const axis = (of: number): Float32Array =>
    Float32Array.from({ length: points.rows }, (_, row) => coordinates[row * dimensions + of]!);
  const data = { classNames: version.datasetVersion!.classNames, labels: samples.label };
  const { classNames, labels } = output === '' ? data : toOutputLabels(evaluation, data);
  return {
    explorationId,
    epoch: number,
    classNames,
    samples: samples.rows,
    label: labels,
    predicted: evaluation.predictedClass ?? new Int32Array(evaluation.rows).fill(-1),
    loss: evaluation.loss,
    probabilities: {
      data: evaluation.numbers?.data ?? new Float32Array(),
      columns: evaluation.numbers?.width ?? 0,
    },
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

/** The classes of an output and of its ground truth; empty without classes. */
const toOutputLabels = (
  output: StoredOutput,
  data: { readonly classNames: readonly string[]; readonly labels: Int32Array },
) =>
  output.trueClass === undefined
    ? { classNames: [], labels: data.labels }
    : { classNames: nameOutputClasses(output, data), labels: output.trueClass };

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
  const shards = await allPages(
    (pageToken) => noema.activationSets.listActivationShards({ activationSetId, pageSize: 1000, pageToken }),
    (page) => page.shards,
  );
  const { data, width } = await joinVectors(
    shards.map((shard) => async () => readVectors(await read('activations', shard.vectors))),
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
