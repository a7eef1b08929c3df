import { randomUUID } from 'node:crypto';
import { artifactKey, type ArtifactStore, writeMatrix } from '@noema/artifacts';
import { initialWeights } from '@noema/engine';
import { type ArtifactRef, seededRandom } from '@noema/kernel';
import { compileLayers, encodeWeights, layersArtifact } from '@noema/layers';
import { writeSampleTable } from '@noema/population';
import {
  type RecordedResponses,
  type ResponseMatrices,
  writeEvaluation,
  writeRecordedResponses,
  writeResponseMatrices,
} from '@noema/population/files';

export const CLASSES = ['left', 'middle', 'right'];
const SIZE = 8;

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});

/** `[8, 8, 1]` to three probabilities; unit 1 of `conv` is made silent by its weights. */
const topology = {
  class_name: 'Sequential',
  config: {
    name: 'stripes',
    layers: [
      layer('InputLayer', 'image', { batch_input_shape: [null, SIZE, SIZE, 1], dtype: 'float32' }),
      layer('Conv2D', 'conv', { filters: 6, kernel_size: [3, 3], activation: 'relu' }),
      layer('Flatten', 'flatten', {}),
      layer('Dense', 'dense', { units: 12, activation: 'relu' }),
      layer('Dense', 'side', { units: 3, activation: 'softmax' }),
    ],
  },
};

interface WorldShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ArtifactRef;
}

/**
 * A population of pictures with a stripe, and a model that has seen an epoch of it: what comes before the
 * activations service.
 */
export interface World {
  readonly teamId: string;
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly rows: number;
  readonly shardSize: number;
  shards: WorldShard[];
  readonly topology: ArtifactRef;
  readonly evaluation: ArtifactRef;
  /**
   * Table of samples with the metadata `ink` (missing for every tenth), `odd`, `place` and a `name` for each.
   */
  readonly samples: ArtifactRef;
  readonly ink: readonly (number | null)[];
  /** Weights by run. */
  readonly runs: Map<string, ArtifactRef>;
  /** Layers and files of the responses by run, of runs that a client recorded. */
  readonly recordings: Map<string, ArtifactRef>;
  /** Why the epoch of a run is partial, by run. */
  readonly partial: Map<string, string>;
  /** Pictures [rows, 64]. */
  readonly pictures: Float32Array;
  readonly losses: Float32Array;
  /** Another version of the data: new pictures [20, 64] in two shards. */
  readonly other: {
    readonly datasetVersionId: string;
    readonly pictures: Float32Array;
    readonly shards: readonly WorldShard[];
  };
  addRun(change?: (name: string, values: Float32Array) => void): Promise<string>;
  /** Adds a run that a client recorded. */
  addRecording(recording: {
    readonly layers: RecordedResponses['layers'];
    readonly shards: readonly ResponseMatrices[];
  }): Promise<string>;
  /** Makes the event that training publishes after an epoch of a run. */
  makeEpoch(runId: string): Record<string, unknown>;
}

export async function makeWorld(store: ArtifactStore, { rows = 230, shardSize = 50 } = {}): Promise<World> {
  const teamId = randomUUID();
  const projectId = randomUUID();
  const datasetVersionId = randomUUID();
  const random = seededRandom(1);
  const put = (part: string, bytes: Uint8Array): Promise<ArtifactRef> =>
    store.put(
      artifactKey({ teamId, projectId, kind: 'world', id: datasetVersionId, part }),
      bytes,
      'application/octet-stream',
    );
  const pictures = Float32Array.from({ length: rows * SIZE * SIZE }, (_, i) => {
    const row = Math.floor(i / (SIZE * SIZE));
    const column = i % SIZE;
    const place = (row % 3) * 3;
    return (column === place ? 1 : 0) + random() * 0.2;
  });
  const losses = Float32Array.from({ length: rows }, random);
  const shards: WorldShard[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += shardSize) {
    const rowCount = Math.min(shardSize, rows - firstRow);
    const to = firstRow + rowCount;
    const index = shards.length;
    shards.push({
      index,
      firstRow,
      rowCount,
      inputs: await put(
        `inputs-${index}`,
        writeMatrix([
          {
            name: 'image',
            data: pictures.slice(firstRow * 64, to * 64),
            rows: rowCount,
            dims: [SIZE, SIZE, 1],
          },
        ]),
      ),
    });
  }
  const newPictures = Float32Array.from(
    { length: 20 * 64 },
    (_, i) => (i % SIZE === (Math.floor(i / 64) % 2) * 5 ? 1 : 0) + random() * 0.2,
  );
  const other = {
    datasetVersionId: randomUUID(),
    pictures: newPictures,
    shards: await Promise.all(
      [0, 10].map(async (firstRow, index) => ({
        index,
        firstRow,
        rowCount: 10,
        inputs: await put(
          `other-${index}`,
          writeMatrix([
            {
              name: 'image',
              data: newPictures.slice(firstRow * 64, (firstRow + 10) * 64),
              rows: 10,
              dims: [SIZE, SIZE, 1],
            },
          ]),
        ),
      })),
    ),
  };
  const model = compileLayers(topology, { mode: 'inference' });
  const topologyRef = await put(
    'model.json',
    new TextEncoder().encode(JSON.stringify(layersArtifact(topology, model.parameters))),
  );
  const evaluation = await put(
    'evaluation',
    writeEvaluation([
      {
        rows,
        width: CLASSES.length,
        task: 'multi-class',
        hasLoss: new Uint8Array(rows).fill(1),
        loss: losses,
        predictedClass: new Int32Array(rows),
        trueClass: Int32Array.from({ length: rows }, (_, row) => row % 3),
        correct: new Uint8Array(rows),
        outputs: new Float32Array(rows * CLASSES.length),
      },
    ]),
  );
  const all = Array.from({ length: rows }, (_, row) => row);
  const ink = all.map((row) =>
    row % 10 === 0 ? null : pictures.subarray(row * 64, row * 64 + 64).reduce((a, b) => a + b),
  );
  const samples = await put(
    'samples',
    await writeSampleTable(
      {
        splits: all.map(() => 'training'),
        sampleIds: all.map((row) => `s${row}`),
        classIndexes: all.map((row) => row % 3),
        metadata: [
          { name: 'ink', type: 'number', values: ink },
          { name: 'odd', type: 'boolean', values: all.map((row) => row % 2 === 1) },
          { name: 'place', type: 'string', values: all.map((row) => CLASSES[row % 3]!) },
          { name: 'name', type: 'string', values: all.map((row) => `s${row}`) },
        ],
      },
      { classNames: CLASSES, shardSize },
    ),
  );
  const runs = new Map<string, ArtifactRef>();
  const recordings = new Map<string, ArtifactRef>();
  return {
    teamId,
    projectId,
    datasetVersionId,
    rows,
    shardSize,
    shards,
    topology: topologyRef,
    evaluation,
    samples,
    ink,
    runs,
    recordings,
    partial: new Map(),
    pictures,
    losses,
    other,
    addRun: async (change = () => undefined) => {
      const runId = randomUUID();
      const weights = new Map([...initialWeights(model, 3)].map(([name, data]) => [name, data.slice()]));
      weights.get('conv/bias')![1] = -100;
      for (const [name, values] of weights) change(name, values);
      runs.set(runId, await put(`weights-${runId}`, encodeWeights(model.parameters, weights)));
      return runId;
    },
    addRecording: async ({ layers, shards: matrices }) => {
      const runId = randomUUID();
      const files = await Promise.all(
        matrices.map((one, i) => put(`recorded-${runId}-${i}`, writeResponseMatrices(one))),
      );
      const list = writeRecordedResponses({ layers, shards: files });
      recordings.set(runId, await put(`recorded-${runId}`, list));
      return runId;
    },
    makeEpoch: (runId) => ({
      runId,
      projectId,
      datasetVersionId,
      modelVersionId: randomUUID(),
      epoch: 1,
      last: true,
      ...(recordings.has(runId)
        ? { recordedResponses: json(recordings.get(runId)!) }
        : { topology: json(topologyRef), weights: json(runs.get(runId)!) }),
      evaluation: json(evaluation),
    }),
  };
}

const json = (ref: ArtifactRef): Record<string, unknown> => ({ ...ref, sizeBytes: String(ref.sizeBytes) });
