import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { artifactKey, type ArtifactStore, writeMatrix } from '@noema/artifacts';
import { artifactRefMessage, splitMessage } from '@noema/contracts';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { NeighborGraphService } from '@noema/contracts/noema/similarity/v1/neighbor_graph_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { type ArtifactRef, DomainError, seededRandom, type SplitName, uuidv7 } from '@noema/kernel';
import { exactNeighbors, points } from '@noema/manifold';
import { encodeMoments, fitBasis, computeMoments, project } from '@noema/perception';
import { writeSampleTable } from '@noema/population';
import { EvaluationFile, writeEvaluation, writeNeighbors, writeVectors } from '@noema/population/files';
import type { OutputEvaluation } from '@noema/population/rules';
import { type Peer, peer } from '@noema/testing';

const CLASSES = ['zero', 'one', 'two'];
const LAYERS = [
  { name: 'conv', units: 4 },
  { name: 'dense', units: 2 },
];
const UNITS = 6;
const SIZE = 4;

export interface PlantedOptions {
  readonly n: number;
  /** Rows that are forgotten twice in four epochs. */
  readonly forgotten: readonly number[];
  readonly projectId: string;
  readonly datasetVersionId?: string;
  readonly modelVersionId?: string;
  /** False: the responses are not there yet. */
  readonly hasSet?: boolean;
  /** True: they never come. */
  readonly hasFailedSet?: boolean;
  /** Names of the outputs of the model. Default: one output. Without `parity` the first one is evaluated alone. */
  readonly outputNames?: readonly string[];
  /** Rows that a second output of two classes forgets. */
  readonly parity?: readonly number[];
  /** Whether the first unit never responds. */
  readonly hasDeadUnit?: boolean;
  readonly epochs?: number;
}

/** A run with everything that the services publish about it; rows from 80 % on are validation. */
export class PlantedRuns {
  private readonly runs = new Map<string, PlantedRun>();
  /** Called before the shards of a dataset version are returned. */
  beforeShards: () => Promise<void> = () => Promise.resolve();

  constructor(
    private readonly store: ArtifactStore,
    private readonly teamId: string,
  ) {}

  async add(options: PlantedOptions): Promise<PlantedRun> {
    const run = await plant(this.store, this.teamId, options);
    this.runs.set(run.id, run);
    return run;
  }

  delete(id: string): void {
    this.runs.delete(id);
  }

  peers(): Peer[] {
    const find = (matches: (run: PlantedRun) => boolean, what: string, teamId: string): PlantedRun => {
      const run = teamId === this.teamId ? [...this.runs.values()].findLast(matches) : undefined;
      if (run === undefined) throw new DomainError('not-found', `${what}_NOT_FOUND`, 'it does not exist');
      return run;
    };
    return [
      peer(RunService, {
        getRun: ({ runId }, { principal }) => {
          const { id, options, state, datasetVersionId } = find(
            (run) => run.id === runId,
            'RUN',
            principal.teamId,
          );
          const { projectId, modelVersionId = projectId, epochs = 4, parity } = options;
          const { outputNames = parity === undefined ? ['digit'] : ['digit', 'parity'] } = options;
          return {
            run: {
              ...{ id, projectId, datasetVersionId, modelVersionId, state },
              ...{ task: Task.MULTI_CLASS, epochsDone: epochs },
              objectives: outputNames.map((output) => ({ output, task: Task.MULTI_CLASS })),
            },
          };
        },
      }),
      peer(EpochService, {
        listEpochs: ({ runId }, { principal }) => ({
          epochs: find((run) => run.id === runId, 'RUN', principal.teamId).evaluations.map((ref, at) => ({
            ...{ runId, epoch: at + 1 },
            evaluation: artifactRefMessage(ref),
          })),
        }),
      }),
      peer(EvaluationService, {
        listSampleEvaluations: async ({ runId, epoch, output }, { principal }) => {
          const { evaluations } = find((run) => run.id === runId, 'RUN', principal.teamId);
          EvaluationFile.read(await this.store.get(evaluations[epoch - 1]!)).find(output);
          return {};
        },
      }),
      peer(ModelService, {
        getModelVersion: ({ modelVersionId: id }) => ({ modelVersion: { id, modelId: id } }),
      }),
      peer(ActivationSetService, {
        listActivationSets: ({ runId }, { principal }) => {
          const run = find((one) => one.id === runId, 'RUN', principal.teamId);
          return {
            activationSets: [
              {
                id: run.setId,
                state: run.hasFailedSet
                  ? JobState.FAILED
                  : run.hasSet
                    ? JobState.SUCCEEDED
                    : JobState.RUNNING,
                createTime: timestampFromDate(new Date(0)),
              },
            ],
          };
        },
        getActivationSet: ({ activationSetId }, { principal }) => {
          const run = find((one) => one.setId === activationSetId, 'ACTIVATION_SET', principal.teamId);
          return {
            activationSet: {
              id: run.setId,
              dimensions: run.width,
              moments: artifactRefMessage(run.moments),
              layers: LAYERS.map(({ name, units }) => ({ name, unitCount: units })),
            },
          };
        },
        listActivationShards: ({ activationSetId }, { principal }) => ({
          shards: find((one) => one.setId === activationSetId, 'ACTIVATION_SET', principal.teamId).shards.map(
            ({ firstRow, rowCount, responses, vectors }, index) => ({
              ...{ index, firstRow, rowCount },
              responses: artifactRefMessage(responses),
              vectors: artifactRefMessage(vectors),
            }),
          ),
        }),
      }),
      peer(NeighborGraphService, {
        listNeighborGraphs: ({ activationSetId }, { principal }) => {
          const run = find((one) => one.setId === activationSetId, 'ACTIVATION_SET', principal.teamId);
          return { neighborGraphs: [{ state: JobState.SUCCEEDED, artifact: artifactRefMessage(run.graph) }] };
        },
      }),
      peer(DatasetService, {
        getDatasetVersion: ({ datasetVersionId: id }, { principal }) => {
          const run = find((one) => one.datasetVersionId === id, 'DATASET_VERSION', principal.teamId);
          return {
            datasetVersion: {
              ...{ id, projectId: run.options.projectId, state: JobState.SUCCEEDED },
              ...{ sampleCount: run.options.n, classNames: CLASSES },
              inputs: [{ name: 'x', dims: [SIZE] }],
              samples: artifactRefMessage(run.samples),
            },
          };
        },
        listShards: async ({ datasetVersionId: id }, { principal }) => {
          const version = find((one) => one.datasetVersionId === id, 'DATASET_VERSION', principal.teamId);
          await this.beforeShards();
          return {
            shards: version.shards.map(({ firstRow, rowCount, inputs }, index) => ({
              ...{ index, firstRow, rowCount },
              inputs: artifactRefMessage(inputs),
            })),
          };
        },
      }),
      peer(SampleService, {
        listSamples: ({ datasetVersionId: id, rows }, { principal }) => {
          const run = find((one) => one.datasetVersionId === id, 'DATASET_VERSION', principal.teamId);
          return {
            samples: rows.map((row) => ({
              row,
              ref: { split: splitMessage(splitAt(row, run.options.n)), sampleId: `s${row}` },
              classIndex: row % 3,
              className: CLASSES[row % 3]!,
            })),
          };
        },
      }),
    ];
  }
}

const splitAt = (row: number, n: number): SplitName => (row < 0.8 * n ? 'training' : 'validation');

export interface PlantedRun {
  readonly id: string;
  readonly setId: string;
  readonly datasetVersionId: string;
  readonly options: PlantedOptions;
  state: RunState;
  hasSet: boolean;
  hasFailedSet: boolean;
  readonly width: number;
  readonly evaluations: readonly ArtifactRef[];
  readonly samples: ArtifactRef;
  readonly moments: ArtifactRef;
  readonly graph: ArtifactRef;
  readonly shards: readonly {
    readonly firstRow: number;
    readonly rowCount: number;
    readonly inputs: ArtifactRef;
    readonly responses: ArtifactRef;
    readonly vectors: ArtifactRef;
  }[];
}

async function plant(store: ArtifactStore, teamId: string, options: PlantedOptions): Promise<PlantedRun> {
  const { n, projectId, datasetVersionId = uuidv7(), epochs = 4 } = options;
  const { hasSet = true, hasFailedSet = false, hasDeadUnit = false } = options;
  const [id, setId, random] = [uuidv7(), uuidv7(), seededRandom(7)];
  const put = (part: string, bytes: Uint8Array): Promise<ArtifactRef> =>
    store.put(
      artifactKey({ teamId, projectId, kind: 'planted', id, part }),
      bytes,
      'application/octet-stream',
    );
  const rows = Array.from({ length: n }, (_, row) => row);
  const responses = Float32Array.from({ length: n * UNITS }, (_, at) =>
    hasDeadUnit && at % UNITS === 0 ? 0 : random() + (Math.floor(at / UNITS) % 3),
  );
  const moments = computeMoments(responses, UNITS);
  const basis = fitBasis(moments, { layers: LAYERS }, { kind: 'all' });
  const vectors = project(basis, responses);
  const width = vectors.length / n;
  const half = n >> 1;
  const shards = await Promise.all(
    [
      [0, half],
      [half, n],
    ].map(async ([from, to], shard) => {
      const count = to! - from!;
      const matrix = (name: string, data: Float32Array, wide: number) =>
        writeMatrix([{ name, rows: count, dims: [wide], data: data.slice(from! * wide, to! * wide) }]);
      return {
        firstRow: from!,
        rowCount: count,
        inputs: await put(`inputs-${shard}.arrow`, matrix('x', new Float32Array(n * SIZE), SIZE)),
        responses: await put(`responses-${shard}.arrow`, matrix('mean', responses, UNITS)),
        vectors: await put(
          `vectors-${shard}.arrow`,
          writeVectors({ data: vectors.slice(from! * width, to! * width), rows: count, width }),
        ),
      };
    }),
  );
  const classes = Int32Array.from(rows, (row) => row % 3);
  return {
    ...{ id, setId, datasetVersionId, options, state: RunState.SUCCEEDED, width, shards },
    ...{ hasSet, hasFailedSet },
    evaluations: await Promise.all(
      Array.from({ length: epochs }, (_, epoch) =>
        put(`evaluation-${epoch}.arrow`, writeEvaluation(evaluateOutputs(classes, epoch, options))),
      ),
    ),
    samples: await put(
      'samples.parquet',
      await writeSampleTable(
        {
          splits: rows.map((row) => splitAt(row, n)),
          sampleIds: rows.map((row) => `s${row}`),
          classIndexes: [...classes],
          metadata: [
            { name: 'ink', type: 'number', values: rows.map((row) => row / n) },
            { name: 'closed top', type: 'boolean', values: rows.map((row) => row % 2 === 0) },
          ],
        },
        { classNames: CLASSES, shardSize: half },
      ),
    ),
    moments: await put('moments.f64', encodeMoments(moments)),
    graph: await put('graph.arrow', writeNeighbors(exactNeighbors(points(vectors, width), 5))),
  };
}

function evaluateOutputs(
  classes: Int32Array,
  epoch: number,
  { forgotten, parity }: PlantedOptions,
): OutputEvaluation[] {
  const first = evaluate(classes, { epoch, width: CLASSES.length, forgotten: new Set(forgotten) });
  if (parity === undefined) return [first];
  const parities = classes.map((_, row) => row % 2);
  const second = evaluate(parities, { epoch, width: 2, forgotten: new Set(parity) });
  return [
    {
      ...{ ...first, name: 'digit', ownLoss: first.loss },
      loss: first.loss.map((loss, row) => loss + second.loss[row]!),
    },
    { ...second, name: 'parity' },
  ];
}

/** Samples are right, but forgotten ones are wrong after every second epoch. */
function evaluate(
  classes: Int32Array,
  {
    epoch,
    width,
    forgotten,
  }: { readonly epoch: number; readonly width: number; readonly forgotten: ReadonlySet<number> },
): OutputEvaluation {
  const predictedClass = classes.map((one, row) =>
    forgotten.has(row) && epoch % 2 === 1 ? (one + 1) % width : one,
  );
  const rows = classes.length;
  const outputs = new Float32Array(rows * width).fill(0.1);
  predictedClass.forEach((one, row) => {
    outputs[row * width + one] = 1 - 0.1 * (width - 1);
  });
  return {
    ...{ rows, width, task: 'multi-class', predictedClass, trueClass: classes, outputs },
    hasLoss: new Uint8Array(rows).fill(1),
    loss: Float32Array.from(classes, (one, row) => -Math.log(outputs[row * width + one]!)),
    correct: Uint8Array.from(classes, (one, row) => Number(predictedClass[row] === one)),
  };
}
