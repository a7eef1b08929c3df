import { seededRandom } from '@noema/kernel';
import { type Dim, elementCount, type Graph, GraphBuilder, prune } from '@noema/onnx';
import { gradients } from '../src/index.js';
import { compileGraph, type Value } from './run-graph.js';

export interface GradientCase {
  readonly name: string;
  /** Inputs by name with their dimensions; numbers are drawn from [low, high), by default [−1, 1). */
  readonly inputs: Readonly<
    Record<
      string,
      | readonly number[]
      | {
          readonly dims: readonly number[];
          readonly low?: number;
          readonly high?: number;
          readonly fixed?: boolean;
        }
    >
  >;
  /** Writes the function and gives its outputs' names. */
  readonly write: (builder: GraphBuilder) => string | readonly string[];
  readonly wrt?: readonly string[];
  readonly avoid?: readonly string[];
}

type Float = 'float32' | 'float64';

/**
 * How far analytic and numeric gradient are apart, relative to the larger of them, over all elements of all
 * inputs.
 */
export async function gradientError(
  test: GradientCase,
  { symbolic }: { readonly symbolic: boolean },
): Promise<{ readonly error: number; readonly dataType: Float }> {
  try {
    return { error: await errorIn(test, symbolic, 'float64'), dataType: 'float64' };
  } catch (failure) {
    // ONNX Runtime has no float64 kernel for some operators.
    if (
      !/NOT_IMPLEMENTED|Could not find an implementation|Type Error|does not support double/i.test(
        String(failure),
      )
    )
      throw failure;
    return { error: await errorIn(test, symbolic, 'float32'), dataType: 'float32' };
  }
}

async function errorIn(test: GradientCase, symbolic: boolean, dataType: Float): Promise<number> {
  const random = seededRandom(11);
  const draw = (dims: readonly number[], low = -1, high = 1): Value => {
    const values = Array.from({ length: elementCount(dims) }, () => low + (high - low) * random());
    return { dims, data: dataType === 'float64' ? Float64Array.from(values) : Float32Array.from(values) };
  };
  const builder = new GraphBuilder();
  const feeds: Record<string, Value> = {};
  for (const [name, spec] of Object.entries(test.inputs)) {
    const { dims, low, high, fixed } =
      'dims' in spec ? spec : { dims: spec, low: undefined, high: undefined, fixed: false };
    const declared: readonly Dim[] = symbolic && fixed !== true ? dims.map((_, i) => `${name}${i}`) : dims;
    feeds[name] = draw(dims, low, high);
    builder.input(name, declared, dataType);
  }
  const ys = [test.write(builder)].flat();
  const forward = inFloat(builder.build(), dataType);
  const wrt = test.wrt ?? Object.keys(test.inputs);
  const evaluate = await compileGraph(prune(withOutputs(forward, ys, dataType), ys));
  const at = await evaluate(feeds);
  const seeds = ys.map((y) => draw(at[y]!.dims));
  const seeded = {
    ...forward,
    inputs: [
      ...forward.inputs,
      ...ys.map((y, i) => ({
        name: `seed${i}`,
        dataType,
        dims: symbolic ? at[y]!.dims.map((_, j) => `s${i}_${j}`) : at[y]!.dims,
      })),
    ],
  };
  const { graph, gradientByTensor } = gradients(seeded, {
    ofs: ys.map((tensor, i) => ({ tensor, seed: `seed${i}` })),
    wrt,
    avoid: test.avoid ?? [],
  });
  const names = wrt.map((input) => gradientByTensor.get(input)!);
  const backward = await compileGraph(prune(withOutputs(graph, names, dataType), [...new Set(names)]));
  const analytic = await backward({
    ...feeds,
    ...Object.fromEntries(seeds.map((seed, i) => [`seed${i}`, seed])),
  });
  const objective = async (): Promise<number> => {
    const out = await evaluate(feeds);
    return ys.reduce((total, y, i) => total + dot(out[y]!, seeds[i]!), 0);
  };
  const step = dataType === 'float64' ? 1e-5 : 4e-3;
  let [worst, scale] = [0, 1e-3];
  for (const [i, input] of wrt.entries()) {
    const data = feeds[input]!.data as Float64Array;
    const gradient = analytic[names[i]!]!;
    if (gradient.dims.join() !== feeds[input]!.dims.join())
      throw new Error(
        `gradient of ${input} has shape [${gradient.dims.join()}], not [${feeds[input]!.dims.join()}]`,
      );
    for (const j of sample(data.length)) {
      const kept = data[j]!;
      data[j] = kept + step;
      const up = data[j];
      const above = await objective();
      data[j] = kept - step;
      const width = up - data[j];
      const below = await objective();
      data[j] = kept;
      const numeric = (above - below) / width;
      worst = Math.max(worst, Math.abs(numeric - Number(gradient.data[j])));
      scale = Math.max(scale, Math.abs(numeric));
    }
  }
  return worst / scale;
}

const sample = (n: number): number[] =>
  Array.from({ length: Math.min(n, 40) }, (_, i) => Math.floor((i * n) / Math.min(n, 40)));

const dot = (a: Value, b: Value): number =>
  Array.from(a.data as Float64Array).reduce((total, value, i) => total + value * Number(b.data[i]), 0);

const withOutputs = (graph: Graph, names: readonly string[], dataType: Float): Graph => ({
  ...graph,
  outputs: names.map((name) => ({ name, dataType })),
});

/** Constants written as float32 become float64, so that one case serves both. */
function inFloat(graph: Graph, dataType: Float): Graph {
  if (dataType === 'float32') return graph;
  const scales = new Set(
    graph.nodes.filter(({ opType }) => opType === 'Resize').map(({ inputs }) => inputs[2]),
  );
  return {
    ...graph,
    initializers: new Map(
      [...graph.initializers].map(([name, tensor]) => [
        name,
        tensor.dataType === 'float32' && !scales.has(name)
          ? { ...tensor, dataType, data: Float64Array.from(tensor.data as Float32Array) }
          : tensor,
      ]),
    ),
  };
}
