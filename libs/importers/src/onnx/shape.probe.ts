import { backends } from '@noema/engine';
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

const ROWS = [2, 3] as const;
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
  const runs = await inSession(bytes, graph, [...measures.values(), ...results]);
  checkRows(results, runs);
  const shapes = new Map<string, readonly Dim[]>();
  for (const [name, measure] of measures) {
    const [two, three] = runs.map((run) => Array.from(run[measure]!.data as BigInt64Array, Number));
    const dims = two!.length === three!.length ? two!.map((size, axis) => dimOf(size, three![axis]!)) : ['?'];
    if (elementCount(three!) / ROWS[1] > MAX_ACTIVATION)
      throw fileInvalid(
        `tensor "${name}" is [${dims.join(', ')}], more than ${MAX_ACTIVATION} numbers a sample`,
      );
    shapes.set(name, dims);
  }
  for (const [name, { dims }] of graph.initializers) shapes.set(name, dims);
  return shapes;
}

async function inSession(
  bytes: Uint8Array,
  graph: Graph,
  fetches: readonly string[],
): Promise<Record<string, TensorData>[]> {
  try {
    const session = await backends.get('cpu').open(bytes, { intraOpThreads: 1 });
    try {
      const runs = [];
      for (const rows of ROWS) runs.push(await session.run(createFeeds(graph, rows), fetches));
      return runs;
    } finally {
      await session.dispose();
    }
  } catch (cause) {
    throw fileInvalid(`the runtime refuses it: ${formatCause(cause)}`, cause);
  }
}

/**
 * Rows of numbers between 0 and 1 where floats are taken, zeros where whole numbers are; the first rows are
 * the same for any number of rows.
 */
function createFeeds({ inputs, nodes }: Graph, rows: number): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, dims }) => {
      const sizes = dims.slice(1).map(Number);
      const whole = nodes.some(
        ({ opType, inputs: [from], attributes }) =>
          opType === 'Cast' && from === name && [6, 7].includes(attributes['to'] as number),
      );
      const data = new Float32Array(rows * elementCount(sizes));
      if (!whole)
        for (let i = 0; i < data.length; i++) data[i] = ((i * 2_654_435_761) % 4_294_967_296) / 4_294_967_296;
      return [name, float32(data, [rows, ...sizes])];
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
          'open batch (dynamic_axes) on the first axis of inputs and outputs',
      );
    }
    const x = a.data as Float32Array;
    const y = b.data as Float32Array;
    const scale = x.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    if (x.some((value, i) => Math.abs(value - y[i]!) > TOLERANCE * scale))
      throw fileInvalid(
        `output "${name}" of a sample depends on the other samples of its batch; export the model for ` +
          'inference',
      );
  }
}

function dimOf(two: number, three: number): Dim {
  if (two === three) return two;
  if (two % ROWS[0] !== 0 || two / ROWS[0] !== three / ROWS[1]) return '?';
  return two === ROWS[0] ? 'n' : `n*${two / ROWS[0]}`;
}

const formatCause = (cause: unknown): string => {
  const at =
    cause instanceof Error
      ? cause.cause instanceof Error
        ? cause.cause.message
        : cause.message
      : String(cause);
  return at.replaceAll(/\s+/g, ' ').slice(0, 400);
};
