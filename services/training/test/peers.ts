import { type ArtifactStore, artifactKey, writeMatrix } from '@noema/artifacts';
import { artifactRefMessage } from '@noema/contracts';
import {
  DatasetService,
  ScoreKind,
  type ScoreSamplesRequest,
} from '@noema/contracts/noema/datasets/v1/dataset_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import type { CallContext } from '@noema/grpc';
import { DomainError, seededRandom, uuidv7 } from '@noema/kernel';
import { writeSampleTable } from '@noema/population';
import { peer, projectPeer } from '@noema/testing';

export const [TEAM, OTHER_TEAM, PROJECT, OTHER_PROJECT] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
const SHARD = 64;
/** Classes of the data, in their order. */
export const CLASSES = ['left', 'right', 'both'] as const;

/** Number that the integration of a dataset computes for a sample from its prediction and its class. */
type Score<T> = (prediction: Float32Array, label: number) => T;

export interface DatasetOptions {
  /** Metrics that its integration declares. */
  readonly metrics?: Readonly<Record<string, Score<number>>>;
  /** Loss that its integration declares. */
  readonly loss?: Score<{ readonly value: number; readonly gradient: readonly number[] }>;
  readonly projectId?: string;
  readonly state?: JobState;
  readonly classNames?: readonly string[];
  readonly training?: number;
  /** Row whose input is not a number. */
  readonly nanAt?: number;
  /** Another ground truth than the one-hot side, made of a row's label and its picture; null for none. */
  readonly truth?: {
    readonly dims: readonly number[];
    readonly of: (label: number, picture: Float32Array) => readonly number[];
  } | null;
  /** Further ground truths by name, of the first label. */
  readonly moreTruths?: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly of: (label: number) => readonly number[] }>
  >;
}

/**
 * A dataset of 4 × 4 pictures of three classes, distinguished by which halves are bright, in two splits and
 * some without labels.
 */
async function makeDataset(
  store: ArtifactStore,
  {
    projectId = PROJECT,
    state = JobState.SUCCEEDED,
    classNames = CLASSES,
    training = 120,
    nanAt,
    truth: asked,
    moreTruths = {},
    metrics = {},
    loss,
  }: DatasetOptions,
) {
  const id = uuidv7();
  const counts = [
    ['training', Split.TRAINING, training],
    ['validation', Split.VALIDATION, 40],
    ['unlabeled', Split.UNLABELED, 5],
  ] as const;
  const names = counts.flatMap(([name, , count]) =>
    Array.from({ length: count }, (_, i) => ({ split: name, sampleId: `s${i}` })),
  );
  const rows = names.length;
  const random = seededRandom(9);
  const labels = Array.from({ length: rows }, (_, row) => row % 3);
  const inputs = Float32Array.from({ length: rows * 16 }, (_, at) => {
    const [row, column] = [Math.floor(at / 16), at % 4];
    const bright = labels[row] === 2 || (labels[row] === 0) === column < 2;
    return row === nanAt ? NaN : 0.3 * random() + (bright ? 0.4 : 0);
  });
  const { dims, of } = asked ?? {
    dims: [3],
    of: (label: number) => [0, 1, 2].map((side) => (side === label ? 1 : 0)),
  };
  const width = dims.reduce((a, b) => a * b, 1);
  const truth = new Float32Array(rows * width);
  labels.forEach((label, row) => {
    if (names[row]!.split !== 'unlabeled')
      truth.set(of(label, inputs.subarray(row * 16, row * 16 + 16)), row * width);
  });
  const further = Object.entries(moreTruths).map(([name, { dims, of }]) => {
    const size = dims.reduce((a, b) => a * b, 1);
    const data = Float32Array.from(
      labels.flatMap((label, row) =>
        names[row]!.split === 'unlabeled' ? new Array<number>(size).fill(0) : [...of(label)],
      ),
    );
    return { name, dims: [...dims], size, data };
  });
  const put = (part: string, bytes: Uint8Array) =>
    store.put(
      artifactKey({ teamId: TEAM, projectId, kind: 'dataset-versions', id, part }),
      bytes,
      'application/octet-stream',
    );
  const shards = await Promise.all(
    Array.from({ length: Math.ceil(rows / SHARD) }, async (_, index) => {
      const [from, to] = [index * SHARD, Math.min(rows, (index + 1) * SHARD)];
      const column = (name: string, data: Float32Array, dims: number[], size: number) => ({
        name,
        data: data.subarray(from * size, to * size),
        rows: to - from,
        dims,
      });
      return {
        index,
        firstRow: from,
        rowCount: to - from,
        inputs: artifactRefMessage(
          await put(`inputs-${index}.arrow`, writeMatrix([column('picture', inputs, [4, 4, 1], 16)])),
        ),
        ...(asked !== null && {
          groundTruths: artifactRefMessage(
            await put(
              `truth-${index}.arrow`,
              writeMatrix([
                column('side', truth, [...dims], width),
                ...further.map((one) => column(one.name, one.data, one.dims, one.size)),
              ]),
            ),
          ),
        }),
      };
    }),
  );
  const samples = await put(
    'samples.parquet',
    await writeSampleTable(
      {
        splits: names.map(({ split }) => split),
        sampleIds: names.map(({ sampleId }) => sampleId),
        classIndexes: labels.map((label, row) => (names[row]!.split === 'unlabeled' ? -1 : label)),
        metadata: [],
      },
      { classNames, shardSize: SHARD },
    ),
  );
  let firstRow = 0;
  const splits = counts.map(([, split, count]) => ({ split, count, firstRow: (firstRow += count) - count }));
  const spec = (name: string, dims: number[]) => ({ name, dataType: DataType.FLOAT32, dims });
  const version = {
    id,
    projectId,
    state,
    sampleCount: rows,
    shardSize: SHARD,
    splits,
    inputs: [spec('picture', [4, 4, 1])],
    groundTruths:
      asked === null ? [] : [spec('side', [...dims]), ...further.map((one) => spec(one.name, one.dims))],
    classNames: [...classNames],
    samples: artifactRefMessage(samples),
    metricNames: Object.keys(metrics),
    hasLoss: loss !== undefined,
  };
  const scored = (request: ScoreSamplesRequest) => {
    const all = new Float32Array(Uint8Array.from(request.predictions).buffer);
    const width = all.length / request.rows.length;
    const each = <T>(absent: T, score: Score<T>): T[] =>
      request.rows.map((row, i) =>
        names[row]!.split === 'unlabeled'
          ? absent
          : score(all.subarray(i * width, (i + 1) * width), labels[row]!),
      );
    const bytes = (numbers: Float32Array | Float64Array) => new Uint8Array(numbers.buffer);
    if (request.kind === ScoreKind.METRICS)
      return {
        metricNames: Object.keys(metrics),
        scores: bytes(Float64Array.from(Object.values(metrics).flatMap((metric) => each(NaN, metric)))),
      };
    const losses = each({ value: NaN, gradient: new Array<number>(width).fill(0) }, loss!);
    return {
      scores: bytes(Float64Array.from(losses, ({ value }) => value)),
      gradients: bytes(Float32Array.from(losses.flatMap(({ gradient }) => gradient))),
    };
  };
  return { version, shards, scored };
}

/** Stand in for the workspace and the datasets service: they know projects and dataset versions. */
export function makePeers(store: ArtifactStore) {
  const datasets = new Map<string, Awaited<ReturnType<typeof makeDataset>>>();
  const projects: Readonly<Record<string, string>> = { [PROJECT]: TEAM, [OTHER_PROJECT]: TEAM };
  const find = (id: string, { principal }: CallContext) => {
    const found = datasets.get(id);
    if (found === undefined || principal.teamId !== TEAM)
      throw new DomainError(
        'not-found',
        'DATASET_VERSION_NOT_FOUND',
        `dataset version "${id}" does not exist`,
      );
    return found;
  };
  const peers = [
    projectPeer(projects),
    peer(DatasetService, {
      getDatasetVersion: ({ datasetVersionId }, ctx) => ({
        datasetVersion: find(datasetVersionId, ctx).version,
      }),
      listShards: ({ datasetVersionId }, ctx) => ({ shards: find(datasetVersionId, ctx).shards }),
      scoreSamples: (request, ctx) => find(request.datasetVersionId, ctx).scored(request),
    }),
  ];
  return {
    peers,
    addDataset: async (options: DatasetOptions = {}): Promise<string> => {
      const made = await makeDataset(store, options);
      datasets.set(made.version.id, made);
      return made.version.id;
    },
  };
}
