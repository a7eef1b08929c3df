import { encodeModel, type Graph, type TypedArray } from '@noema/onnx';
import * as ort from 'onnxruntime-node';

export interface Value {
  readonly dims: readonly number[];
  readonly data: TypedArray;
}

/** A graph made ready to run; float64 values go in and come out when the graph is in float64. */
export async function compileGraph(
  graph: Graph,
): Promise<(feeds: Readonly<Record<string, Value>>) => Promise<Record<string, Value>>> {
  const session = await ort.InferenceSession.create(encodeModel(graph), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const types = new Map(graph.inputs.map(({ name, dataType }) => [name, dataType]));
  return async (feeds) => {
    const tensors = Object.fromEntries(
      session.inputNames.map((name) => {
        const feed = feeds[name];
        if (feed === undefined) throw new Error(`no value for input "${name}"`);
        return [
          name,
          new ort.Tensor(types.get(name) as 'float32', feed.data as Float32Array, [...feed.dims]),
        ];
      }),
    );
    const outputs = await session.run(tensors);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data, dims }]) => [name, { data: data as TypedArray, dims }]),
    );
  };
}
