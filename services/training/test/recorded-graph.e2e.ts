import { createHash } from 'node:crypto';
import { parseArtifactRef } from '@noema/contracts';
import { ModelVersionOrigin } from '@noema/contracts/noema/training/v1/model';
import { OutputActivation } from '@noema/contracts/noema/training/v1/model_service';
import { RecordedContent } from '@noema/contracts/noema/training/v1/recording';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { isGraphArtifact } from '@noema/importers';
import { seededRandom, uuidv7 } from '@noema/kernel';
import { encodeModel, float32, GraphBuilder } from '@noema/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT } from './peers.js';
import { startTraining } from './running-training.js';

/** Rows of the data of `peers.ts`: pictures [4, 4, 1], 120 of training, 40 of validation, 5 unlabeled. */
const ROWS = 165;
const [UNITS, CLASSES, SIDE] = [4, 3, 4];
const PART = 1_000;

interface Weights {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly head: Float32Array;
}
function makeWeights(seed: number): Weights {
  const random = seededRandom(seed);
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.5);
  return {
    kernel: numbers(UNITS * 9),
    bias: numbers(UNITS),
    head: numbers(CLASSES * UNITS * SIDE * SIDE),
  };
}

/**
 * The file that a client would export: channels first, a convolution, a non-linearity, and logits. The
 * activations are further outputs, one as a copy, the other computed a second time. `tapped` names the side of
 * the non-linearity at which the first is taken.
 */
function writeGraph({ kernel, bias, head }: Weights, { opType = 'Relu', tapped = 'after' } = {}): Uint8Array {
  const builder = new GraphBuilder();
  const weight = (name: string, data: Float32Array, dims: readonly number[]): string =>
    builder.initializer(name, float32(data, dims));
  const image = builder.input('image', ['n', 1, SIDE, SIDE]);
  const conv = builder.op(
    'Conv',
    [image, weight('c.weight', kernel, [UNITS, 1, 3, 3]), weight('c.bias', bias, [UNITS])],
    { pads: [1, 1, 1, 1], kernel_shape: [3, 3] },
  );
  const shown = builder.op(opType, [conv]);
  const flat = builder.op('Flatten', [shown], { axis: 1 });
  const dims = [CLASSES, UNITS * SIDE * SIDE];
  const gemm = (name: string): string => {
    const tensor = weight(name, head, dims);
    builder.add({
      opType: 'Gemm',
      inputs: [flat, tensor],
      outputs: [`${name}_out`],
      attributes: { transB: 1 },
    });
    return `${name}_out`;
  };
  builder.output(gemm('logits'), ['n', CLASSES]);
  builder.output(builder.op('Identity', [tapped === 'before' ? conv : shown], {}, 'layer_0'), [
    'n',
    UNITS,
    SIDE,
    SIDE,
  ]);
  builder.output(gemm('again'), ['n', CLASSES]);
  return encodeModel(builder.build());
}

/** The outputs of the network for pictures [rows, 16], computed here. */
function saidBy({ kernel, bias, head }: Weights, pictures: Float32Array) {
  const positions = SIDE * SIDE;
  const output = new Float32Array(ROWS * CLASSES);
  const [mean, max] = [new Float32Array(ROWS * UNITS), new Float32Array(ROWS * UNITS)];
  const logits = new Float32Array(ROWS * CLASSES);
  for (let row = 0; row < ROWS; row++) {
    const conv = Array.from({ length: UNITS * positions }, (_, at) => {
      const [unit, y, x] = [Math.floor(at / positions), Math.floor((at % positions) / SIDE), at % SIDE];
      let sum = bias[unit]!;
      for (let i = 0; i < 9; i++) {
        const [py, px] = [y + Math.floor(i / 3) - 1, x + (i % 3) - 1];
        if (py >= 0 && py < SIDE && px >= 0 && px < SIDE)
          sum += kernel[unit * 9 + i]! * pictures[row * positions + py * SIDE + px]!;
      }
      return Math.max(sum, 0);
    });
    for (let unit = 0; unit < UNITS; unit++) {
      const own = conv.slice(unit * positions, (unit + 1) * positions);
      mean[row * UNITS + unit] = own.reduce((a, b) => a + b, 0) / positions;
      max[row * UNITS + unit] = Math.max(...own);
    }
    const scores = Array.from({ length: CLASSES }, (_, c) =>
      conv.reduce((sum, value, i) => sum + value * head[c * conv.length + i]!, 0),
    );
    logits.set(scores, row * CLASSES);
    const exponents = scores.map(Math.exp);
    const total = exponents.reduce((a, b) => a + b, 0);
    output.set(
      exponents.map((value) => value / total),
      row * CLASSES,
    );
  }
  return { output, mean, max, logits };
}

let running: Awaited<ReturnType<typeof startTraining>>;
let datasetVersionId: string;
/** The pictures of `peers.ts`. */
let pictures: Float32Array;
beforeAll(async () => {
  running = await startTraining();
  await running.startWorker();
  datasetVersionId = await running.addDataset({});
  const random = seededRandom(9);
  pictures = Float32Array.from({ length: ROWS * SIDE * SIDE }, (_, at) => {
    const label = Math.floor(at / (SIDE * SIDE)) % 3;
    const bright = label === 2 || (label === 0) === at % SIDE < 2;
    return 0.3 * random() + (bright ? 0.4 : 0);
  });
});
afterAll(() => running.stop());

const begin = async (): Promise<string> =>
  (
    await running.api.recordings.createRecording({
      projectId: PROJECT,
      datasetVersionId,
      modelName: `net ${uuidv7()}`,
      outputDims: [CLASSES],
      layers: [
        { name: 'conv', kind: 'Conv2d', unitCount: UNITS, positionDims: [SIDE, SIDE] },
        { name: 'head', kind: 'Linear', unitCount: CLASSES, positionDims: [] },
      ],
    })
  ).run!.id;

const DESCRIBED = {
  output: 'logits_out',
  outputActivation: OutputActivation.SOFTMAX,
  channelsFirst: ['image'],
  layers: [
    { name: 'conv', output: 'layer_0', unitAxis: 1 },
    { name: 'head', output: 'again_out', unitAxis: 1 },
  ],
};

interface Sent {
  readonly file?: Uint8Array;
  readonly change?: object;
  readonly trainingMode?: boolean;
}

/** Records epoch 1 of a run by a client with some weights, and sends a file with it. */
async function record(weights: Weights, { file, change = {}, trainingMode = false }: Sent) {
  const runId = await begin();
  const said = saidBy(weights, pictures);
  let sequence = 0n;
  const append = (content: object) =>
    running.api.recordings.appendRecord({
      runId,
      sequence: ++sequence,
      epoch: 1,
      content: content as never,
    });
  for (const [split, from, to] of [
    [Split.TRAINING, 0, 120],
    [Split.VALIDATION, 120, 160],
    [Split.UNLABELED, 160, 165],
  ] as const) {
    const column = (content: RecordedContent, values: Float32Array, width: number, layer = '') => ({
      content,
      layer,
      dataType: DataType.FLOAT32,
      data: new Uint8Array(values.slice(from * width, to * width).buffer),
    });
    await append({
      case: 'samples',
      value: {
        split,
        sampleIds: Array.from({ length: to - from }, (_, i) => `s${i}`),
        trainingMode,
        columns: [
          column(RecordedContent.OUTPUT, said.output, CLASSES),
          column(RecordedContent.RESPONSE_MEAN, said.mean, UNITS, 'conv'),
          column(RecordedContent.RESPONSE_MAX, said.max, UNITS, 'conv'),
          column(RecordedContent.RESPONSE_MEAN, said.logits, CLASSES, 'head'),
        ],
      },
    });
  }
  for (let at = 0; file !== undefined && at < file.length; at += PART)
    await append({ case: 'graphPart', value: { content: file.subarray(at, at + PART) } });
  const sha256 = createHash('sha256')
    .update(file ?? '')
    .digest('hex');
  const graph = { ...DESCRIBED, sizeBytes: BigInt(file?.length ?? 0), sha256, ...change };
  await append({ case: 'epochEnd', value: { graph } });
  await running.epochsDone(runId, 1);
  const { epoch } = await running.api.epochs.getEpoch({ runId, epoch: 1 });
  return { runId, epoch: epoch!, append };
}

describe('the graph of a recorded model', () => {
  it('is the topology and the weights of the epoch if it gives what was recorded', async () => {
    const weights = makeWeights(1);
    const { runId, epoch } = await record(weights, { file: writeGraph(weights) });
    expect(epoch.graphFault).toBeUndefined();
    expect(epoch.partialReason).toBe('');
    expect(epoch.recordedResponses).toBeDefined();
    const { modelVersion } = await running.api.models.getModelVersion({
      modelVersionId: epoch.modelVersionId,
    });
    expect(modelVersion).toMatchObject({ origin: ModelVersionOrigin.RECORDED, runId, epoch: 1 });
    const topology: unknown = JSON.parse(
      Buffer.from(await running.store.get(parseArtifactRef(modelVersion!.topology, 'topology'))).toString(),
    );
    expect(isGraphArtifact(topology)).toBe(true);
    const stored = await running.store.get(parseArtifactRef(epoch.weights, 'weights'));
    const numbers = [...new Float32Array(Uint8Array.from(stored).buffer)];
    expect(numbers).toEqual([...weights.kernel, ...weights.bias, ...weights.head]);
    const { layers } = await running.api.models.listLayers({ modelVersionId: epoch.modelVersionId });
    expect(layers).toMatchObject([
      { name: 'image' },
      { name: 'conv', unitCount: UNITS, convolutional: true, outputDims: [SIDE, SIDE, UNITS] },
      { name: 'head', unitCount: CLASSES, convolutional: false },
    ]);
    const { run } = await running.api.runs.getRun({ runId });
    expect(run!.lastEpoch!.graphFault).toBeUndefined();
  });

  it.each<[string, string, RegExp, (weights: Weights) => Sent]>([
    [
      'has other weights',
      'GRAPH_DIFFERS',
      /for 12 samples the largest relative difference is 0\.\d+, and 0\.001 is accepted/,
      () => ({ file: writeGraph(makeWeights(3)) }),
    ],
    [
      'has another non-linearity',
      'GRAPH_DIFFERS',
      /relative difference/,
      (weights) => ({ file: writeGraph(weights, { opType: 'Tanh' }) }),
    ],
    [
      'gives the outputs and other responses of a layer',
      'GRAPH_RESPONSES_DIFFER',
      /other responses of layer "conv": for 12 samples the largest difference is \d\.\d+ of the largest/,
      (weights) => ({ file: writeGraph(weights, { tapped: 'before' }) }),
    ],
    [
      'was not sent',
      'GRAPH_NOT_SENT',
      /^the client has no graph of the model: aten::fft is not exported$/,
      () => ({ change: { missingReason: 'aten::fft is not exported' } }),
    ],
    [
      'is not the file that was described',
      'GRAPH_INCOMPLETE',
      /their sha256 is [0-9a-f]{64}, not 0{64}/,
      (weights) => ({ file: writeGraph(weights), change: { sha256: '0'.repeat(64) } }),
    ],
    [
      'lacks a part',
      'GRAPH_INCOMPLETE',
      /\d+ of 999999 bytes are there/,
      (weights) => ({ file: writeGraph(weights), change: { sizeBytes: 999_999n } }),
    ],
    ['is no ONNX file', 'ONNX_INVALID', /ONNX/, () => ({ file: new Uint8Array(5_000).fill(8) })],
    [
      'has the activation of another layer',
      'GRAPH_UNITS_DIFFER',
      /layer "head" has 4 units in the graph, and 3 were recorded/,
      (weights) => ({
        file: writeGraph(weights),
        change: { layers: [{ name: 'head', output: 'layer_0', unitAxis: 1 }] },
      }),
    ],
    [
      'takes other inputs than the data have',
      'MODEL_DATASET_MISFIT',
      /takes \[1, 4, 4\] for one sample, the data's "picture" is \[4, 4, 1\]/,
      (weights) => ({ file: writeGraph(weights), change: { channelsFirst: [] } }),
    ],
    [
      'cannot be compared, because all outputs are of training mode',
      'GRAPH_NOT_CHECKED',
      /inference mode/,
      (weights) => ({ file: writeGraph(weights), trainingMode: true }),
    ],
  ])('is refused by name if it %s, and the epoch keeps all else', async (_, reason, message, sent) => {
    const weights = makeWeights(2);
    const { epoch } = await record(weights, sent(weights));
    expect(epoch.graphFault).toMatchObject({ reason });
    expect(epoch.graphFault!.message).toMatch(message);
    expect(epoch.weights!.sizeBytes).toBe(0n);
    expect(epoch.partialReason).toBe('');
    expect(epoch.recordedResponses).toBeDefined();
    await expect(
      running.api.models.listLayers({ modelVersionId: epoch.modelVersionId }),
    ).rejects.toMatchObject({ reason: 'MODEL_HAS_NO_GRAPH' });
  });

  it.each<[string, object, RegExp]>([
    ['an empty part', { case: 'graphPart', value: { content: new Uint8Array() } }, /0 bytes/],
    [
      'a part that is too large',
      { case: 'graphPart', value: { content: new Uint8Array(2 ** 22 + 1) } },
      /4194305 bytes/,
    ],
    [
      'a layer that the run does not have',
      {
        case: 'epochEnd',
        value: {
          graph: {
            ...DESCRIBED,
            sizeBytes: 1n,
            sha256: '0'.repeat(64),
            layers: [{ name: 'tail', output: 'x', unitAxis: 1 }],
          },
        },
      },
      /layer "tail"/,
    ],
    [
      'a digest that is not hexadecimal',
      { case: 'epochEnd', value: { graph: { ...DESCRIBED, sizeBytes: 1n, sha256: 'x' } } },
      /sha256 is "x"/,
    ],
  ])('is refused at once with %s', async (_, content, message) => {
    await expect(
      running.api.recordings.appendRecord({
        runId: await begin(),
        sequence: 1n,
        epoch: 1,
        content: content as never,
      }),
    ).rejects.toMatchObject({
      reason: 'RECORD_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('takes no part after the end of its epoch', async () => {
    const { append } = await record(makeWeights(4), {});
    await expect(append({ case: 'graphPart', value: { content: Uint8Array.of(1) } })).rejects.toMatchObject({
      reason: 'RECORDED_EPOCH_ENDED',
    });
  });
});
