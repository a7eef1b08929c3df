import { randomUUID } from 'node:crypto';
import { artifactKey, type ArtifactStore, writeMatrix } from '@noema/artifacts';
import {
  Engine,
  evaluateProgram,
  initialWeights,
  resident,
  responsesProgram,
  Trainer,
  type Weights,
} from '@noema/engine';
import { type ArtifactRef, seededRandom } from '@noema/kernel';
import { type CompiledModel, compileLayers, encodeWeights, layersArtifact } from '@noema/layers';
import { float32 } from '@noema/onnx';
import { encodeBasis, encodeMoments, fitBasis, computeMoments, project } from '@noema/perception';
import { writeEvaluation, writeVectors } from '@noema/population/files';

export const CLASSES = ['left', 'middle', 'right'];
const SIZE = 8;
const ROWS = 240;
const SHARD = 100;
/** Rows from here on are of the unlabeled split. */
export const LABELED_ROWS = 220;

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
const sequence = (...layers: object[]) => ({
  class_name: 'Sequential',
  config: {
    name: 'stripes',
    layers: [
      layer('InputLayer', 'image', { batch_input_shape: [null, SIZE, SIZE, 1], dtype: 'float32' }),
      ...layers,
      layer('Dense', 'side', { units: 3, activation: 'softmax' }),
    ],
  },
});
const withPositions = sequence(
  layer('Conv2D', 'conv', { filters: 6, kernel_size: [3, 3], activation: 'relu' }),
  layer('Flatten', 'flatten', {}),
  layer('Dense', 'dense', { units: 12, activation: 'relu' }),
);
const withoutPositions = sequence(
  layer('Flatten', 'flatten', {}),
  layer('Dense', 'dense', { units: 12, activation: 'relu' }),
);

interface WorldShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ArtifactRef;
  readonly groundTruths: ArtifactRef;
  readonly vectors: ArtifactRef;
}

interface WorldModel {
  readonly model: CompiledModel;
  readonly topology: ArtifactRef;
  readonly weights: ArtifactRef;
  readonly evaluation: ArtifactRef;
  readonly losses: Float32Array;
}

/**
 * Pictures with a stripe on the left, in the middle or on the right, and a model that has learned them: what
 * comes before the explanations service.
 */
export interface World {
  readonly teamId: string;
  readonly projectId: string;
  readonly datasetVersionId: string;
  readonly activationSetId: string;
  readonly rows: number;
  readonly pictures: Float32Array;
  readonly shards: readonly WorldShard[];
  readonly basis: ArtifactRef;
  readonly moments: ArtifactRef;
  /** By run id; one run has a model without layers with positions. */
  readonly runs: ReadonlyMap<string, WorldModel>;
  readonly runId: string;
  readonly denseRunId: string;
  /** A run whose weights are not all numbers. */
  readonly brokenRunId: string;
}

const at = (bytes: Float32Array, from: number, to: number, size: number): Float32Array =>
  bytes.slice(from * size, to * size);

export async function makeWorld(store: ArtifactStore): Promise<World> {
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
  const pictures = Float32Array.from(
    { length: ROWS * SIZE * SIZE },
    (_, i) =>
      (i % SIZE === (Math.floor(i / (SIZE * SIZE)) % 3) * 3 ? 0.8 + 0.2 * random() : 0) + random() * 0.2,
  );
  const truths = Float32Array.from({ length: ROWS * 3 }, (_, i) => (i % 3 === Math.floor(i / 3) % 3 ? 1 : 0));
  const engine = Engine.start({ threads: 1 });
  const learn = async (name: string, topology: unknown): Promise<WorldModel & { values: Weights }> => {
    const model = compileLayers(topology, { mode: 'training' });
    const inference = compileLayers(topology, { mode: 'inference' });
    const data = new Map([
      ['image', resident(pictures, [SIZE, SIZE, 1])],
      ['target:side', resident(truths, [3])],
    ]);
    const trainer = Trainer.create({
      model,
      losses: [{ loss: 'categorical_crossentropy' }],
      optimizer: { name: 'adam', settings: { learning_rate: 0.01 } },
      data,
      rows: Uint32Array.from({ length: ROWS }, (_, i) => i),
      batchSize: 32,
      seed: 3,
      workers: 1,
      weights: initialWeights(model, 3),
    });
    for (let epoch = 0; epoch < 6; epoch++) await trainer.trainEpoch();
    const values = trainer.weights();
    await trainer.close();
    const judge = evaluateProgram(inference, values, [{ loss: 'categorical_crossentropy' }]);
    const judged = await engine.run(judge.program, {
      image: float32(pictures, [ROWS, SIZE, SIZE, 1]),
      'target:side': float32(truths, [ROWS, 3]),
    });
    const losses = judged[judge.loss!]!.data as Float32Array;
    const evaluation = writeEvaluation([
      {
        rows: ROWS,
        width: CLASSES.length,
        task: 'multi-class',
        hasLoss: new Uint8Array(ROWS).fill(1),
        loss: losses,
        predictedClass: new Int32Array(ROWS),
        trueClass: Int32Array.from({ length: ROWS }, (_, row) => row % 3),
        correct: new Uint8Array(ROWS),
        outputs: new Float32Array(ROWS * CLASSES.length),
      },
    ]);
    return {
      model: inference,
      values,
      losses,
      topology: await put(
        `${name}.json`,
        new TextEncoder().encode(JSON.stringify(layersArtifact(topology, model.parameters))),
      ),
      weights: await put(`${name}-weights`, encodeWeights(model.parameters, values)),
      evaluation: await put(`${name}-evaluation`, evaluation),
    };
  };
  const [learned, dense] = [await learn('conv', withPositions), await learn('dense', withoutPositions)];
  const responses = responsesProgram(learned.model, learned.values);
  const d = responses.layers.reduce((sum, { layer: { units } }) => sum + units, 0);
  const all = new Float32Array(ROWS * d);
  const out = await engine.run(responses.program, { image: float32(pictures, [ROWS, SIZE, SIZE, 1]) });
  let offset = 0;
  for (const {
    layer: { units },
    mean,
  } of responses.layers) {
    for (let row = 0; row < ROWS; row++)
      all.set((out[mean]!.data as Float32Array).subarray(row * units, (row + 1) * units), row * d + offset);
    offset += units;
  }
  await engine.close();
  const moments = computeMoments(all, d);
  const basis = fitBasis(moments, {
    layers: responses.layers.map(({ layer: { name, units } }) => ({ name, units })),
  });
  const vectors = project(basis, all);
  const k = vectors.length / ROWS;
  const shards: WorldShard[] = [];
  for (let firstRow = 0; firstRow < ROWS; firstRow += SHARD) {
    const rowCount = Math.min(SHARD, ROWS - firstRow);
    const to = firstRow + rowCount;
    const index = shards.length;
    shards.push({
      index,
      firstRow,
      rowCount,
      inputs: await put(
        `inputs-${index}`,
        writeMatrix([
          { name: 'image', data: at(pictures, firstRow, to, 64), rows: rowCount, dims: [SIZE, SIZE, 1] },
        ]),
      ),
      groundTruths: await put(
        `truths-${index}`,
        writeMatrix([{ name: 'side', data: at(truths, firstRow, to, 3), rows: rowCount, dims: [3] }]),
      ),
      vectors: await put(
        `vectors-${index}`,
        writeVectors({ data: at(vectors, firstRow, to, k), rows: rowCount, width: k }),
      ),
    });
  }
  const runId = randomUUID();
  const denseRunId = randomUUID();
  const brokenRunId = randomUUID();
  const broken = new Map(
    [...learned.values].map(([name, values]) => [
      name,
      name === 'conv/bias' ? values.map((value, i) => (i === 2 ? NaN : value)) : values,
    ]),
  );
  const brokenModel = {
    ...learned,
    weights: await put('broken-weights', encodeWeights(learned.model.parameters, broken)),
  };
  return {
    teamId,
    projectId,
    datasetVersionId,
    activationSetId: randomUUID(),
    rows: ROWS,
    pictures,
    shards,
    runId,
    denseRunId,
    brokenRunId,
    basis: await put('basis', encodeBasis(basis)),
    moments: await put('moments', encodeMoments(moments)),
    runs: new Map([
      [runId, learned],
      [denseRunId, dense],
      [brokenRunId, brokenModel],
    ]),
  };
}
