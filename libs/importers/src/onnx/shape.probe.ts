import {
  type Dim,
  elementCount,
  encodeModel,
  float32,
  type Graph,
  GraphBuilder,
  type TensorData,
} from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';
import { runGraph } from './run-graph.js';

const ROWS = [2, 3] as const;
/**
 * The rows of both runs by number. The rows of the first have other neighbors in the second, so that a series along the
 * batch is found in either direction.
 */
const BATCHES = [
  [0, 1],
  [1, 0, 2],
] as const;
/** Maximum number of values that one operator computes for one sample: 256 MiB of float32. */
const MAX_ACTIVATION = 2 ** 26;
/** Tolerance for a different summation order in another batch, relative to the largest number. */
const TOLERANCE = 1e-3;

/**
 * Returns the dimensions of every tensor of a graph whose inputs have the batch `n`, by running it with two
 * and with three rows: a dimension that grows with the rows is `n` or `n*k`. Throws `invalid`
 * MODEL_FILE_INVALID if the runtime rejects the graph, if it contains a fixed batch size, or if rows of a
 * batch influence each other.
 */
export async function probeShapes(graph: Graph): Promise<Map<string, readonly Dim[]>> {
  const builder = new GraphBuilder(graph);
  const tensors = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== ''),
  ];
  const measures = new Map(
    tensors.map((name) => [name, builder.op('Shape', [name], {}, builder.fresh('shape'))]),
  );
  const results = graph.outputs.map(({ name }) => name);
  const bytes = encodeModel({
    ...builder.build(),
    outputs: [
      ...[...measures.values()].map((name) => ({ name, dataType: 'int64' as const })),
      ...graph.outputs,
    ],
  });
  const runs = await runGraph(
    bytes,
    BATCHES.map((rows) => createFeeds(graph, rows)),
    [...measures.values(), ...results],
    (message) => `the runtime refuses it: ${message}${stateAdvice(message)}`,
  );
  checkRows(results, runs);
  const shapes = new Map<string, readonly Dim[]>();
  for (const [name, measure] of measures) {
    const [two, three] = runs.map((run) => Array.from(run[measure]!.data as BigInt64Array, Number));
    const dims =
      two!.length === three!.length ? two!.map((size, axis) => inferDim(size, three![axis]!)) : ['?'];
    if (elementCount(three!) / ROWS[1] > MAX_ACTIVATION)
      throw fileInvalid(
        `tensor "${name}" is [${dims.join(', ')}], more than ${MAX_ACTIVATION} numbers a sample`,
      );
    shapes.set(name, dims);
  }
  for (const [name, { dims }] of graph.initializers) shapes.set(name, dims);
  return shapes;
}

/** Advice for a first state of a recurrent operator that the runtime refuses because of its batch. */
function stateAdvice(message: string): string {
  const [, batch] = /initial_[hc] must have shape \{\d+,(\d+),/.exec(message) ?? [];
  if (batch === undefined) return '';
  return ROWS.some((rows) => rows === Number(batch))
    ? '; the first state of this recurrent layer has a fixed batch: leave the state out at the export, so that it ' +
        'starts at zeros'
    : '; this recurrent layer takes the samples as the steps of one series: export the model with the batch on ' +
        'the first axis and the steps on the second';
}

/** Rows of numbers between 0 and 1 where floats are taken, zeros where whole numbers are. */
function createFeeds({ inputs, nodes }: Graph, rows: readonly number[]): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, dims }) => {
      const sizes = dims.slice(1).map(Number);
      const whole = nodes.some(
        ({ opType, inputs: [from], attributes }) =>
          opType === 'Cast' && from === name && [6, 7].includes(attributes['to'] as number),
      );
      const size = elementCount(sizes);
      const data = new Float32Array(rows.length * size);
      if (!whole)
        rows.forEach((row, at) => {
          for (let i = 0; i < size; i++)
            data[at * size + i] = (((row * size + i) * 2_654_435_761) % 4_294_967_296) / 4_294_967_296;
        });
      return [name, float32(data, [rows.length, ...sizes])];
    }),
  );
}

function checkRows(results: readonly string[], [two, three]: readonly Record<string, TensorData>[]): void {
  for (const name of results) {
    const a = two![name]!;
    const b = three![name]!;
    if (a.dims[0] !== ROWS[0] || b.dims[0] !== ROWS[1]) {
      throw fileInvalid(
        `output "${name}" is [${b.dims.join(', ')}] for ${ROWS[1]} samples; export the model with an ` +
          'open batch (dynamic_axes) on the first axis of inputs and outputs, or keep the other outputs, by ' +
          'their names',
      );
    }
    const x = a.data as Float32Array;
    const y = b.data as Float32Array;
    const size = x.length / ROWS[0];
    const scale = x.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    const isOther = (value: number, i: number): boolean => {
      const row = BATCHES[1].findIndex((number) => number === BATCHES[0][Math.floor(i / size)]);
      return Math.abs(value - y[row * size + (i % size)]!) > TOLERANCE * scale;
    };
    if (x.some(isOther))
      throw fileInvalid(
        `output "${name}" of a sample depends on the other samples of its batch; export the model for ` +
          'inference',
      );
  }
}

function inferDim(two: number, three: number): Dim {
  if (two === three) return two;
  if (two % ROWS[0] !== 0 || two / ROWS[0] !== three / ROWS[1]) return '?';
  return two === ROWS[0] ? 'n' : `n*${two / ROWS[0]}`;
}
