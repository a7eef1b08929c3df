import { type CompiledModel, decodeWeights } from '@noema/layers';
import {
  encodeModel,
  float32,
  type Graph,
  type Node,
  type OutputInfo,
  prune,
  type TensorData,
} from '@noema/onnx';
import { compileModel } from '../compile.model.js';
import { withReads } from '../onnx/graph.links.js';
import { opsetNotExported } from './export.errors.js';
import { LOWERED_OPSET, lowered } from './opset.downgrade.js';

/** Version of the operators that models are compiled to. */
const COMPILED_OPSET = 20;
/** Versions of the operators that models are exported in. */
export const EXPORT_OPSETS: readonly number[] = [LOWERED_OPSET, COMPILED_OPSET];

export interface ExportOptions {
  /** Version of the operators. Default: 17. */
  readonly opset?: number;
}

/**
 * Returns an ONNX file that predicts what a stored version of a model predicts. `topology` and `weights` are
 * the artifacts of the version. Inputs are float32, channels last, with an open batch `n`, under the names of
 * the model; outputs have the names of the output layers, weights are `<layer>/<weight>`, and operators
 * `<layer>/<operator>`.
 * Throws `invalid` EXPORT_OPSET_UNKNOWN, `unsupported` EXPORT_OPERATOR_UNSUPPORTED with the name of the layer,
 * `data-loss` WEIGHTS_MISFIT, and as `compileModel`.
 */
export function exportOnnx(
  topology: unknown,
  weights: Uint8Array,
  { opset = LOWERED_OPSET }: ExportOptions = {},
): Uint8Array {
  if (!EXPORT_OPSETS.includes(opset)) throw opsetNotExported(opset, EXPORT_OPSETS);
  const model = compileModel(topology, { mode: 'inference' });
  const findLayer = makeFinder(model);
  const complete = withWeights(model, decodeWeights(model.parameters, weights));
  const graph =
    opset === COMPILED_OPSET
      ? complete
      : withoutUnused(lowered(complete, { shapes: model.shapes, findLayer }));
  return encodeModel(named(graph, model, findLayer), { opset });
}

/** Finds layers by the writer of the tensor, by a parameter that the node reads, or else by the tensor. */
function makeFinder({ owners, parameters }: CompiledModel): (node: Node) => string {
  const layers = new Map(parameters.map(({ name, layer }) => [name, layer]));
  return (node) => {
    const first = firstOutput(node);
    return owners?.get(first) ?? node.inputs.map((name) => layers.get(name)).find(Boolean) ?? first;
  };
}

/** The first output that is used; a recurrent operator may have its last step alone. */
const firstOutput = ({ outputs }: Node): string => outputs.find((name) => name !== '')!;

/** The graph of the outputs with its weights as constants. */
function withWeights(
  { graph, inputs, outputs, parameters }: CompiledModel,
  weights: ReadonlyMap<string, Float32Array>,
): Graph {
  const constants = parameters.map((spec): [string, TensorData] => [
    spec.name,
    float32(spec.toGraph(weights.get(spec.name)!), spec.graphDims),
  ]);
  const data = new Set(inputs.map(({ name }) => name));
  return withoutUnused(
    {
      ...graph,
      inputs: graph.inputs.filter(({ name }) => data.has(name)),
      initializers: new Map([...constants, ...graph.initializers]),
    },
    outputs.map(({ tensor }) => tensor),
  );
}

/** An input that no output depends on stays: clients send all of them. */
const withoutUnused = (graph: Graph, outputs?: readonly string[]): Graph => ({
  ...prune(graph, outputs),
  inputs: graph.inputs,
});

/** Names outputs and operators after their layers; the tensors of an imported graph keep their names. */
function named(graph: Graph, model: CompiledModel, findLayer: (node: Node) => string): Graph {
  const taken = new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()]);
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let i = 1; taken.has(name); i++) name = `${wanted}_${i}`;
    taken.add(name);
    return name;
  };
  const names = new Map<string, string>();
  const outputs: OutputInfo[] = [];
  const copies: Node[] = [];
  for (const output of model.outputs) {
    const name = unique(output.name);
    outputs.push({ name, dataType: 'float32', dims: output.dims });
    if (names.has(output.tensor))
      copies.push({ opType: 'Identity', inputs: [output.tensor], outputs: [name], attributes: {} });
    else names.set(output.tensor, name);
  }
  const nodeNames = new Set<string>();
  const nodeName = (node: Node): string => {
    const layer = findLayer(node);
    const base = layer === firstOutput(node) ? layer : `${layer}/${node.opType}`;
    let name = base;
    for (let i = 1; nodeNames.has(name); i++) name = `${base}_${i}`;
    nodeNames.add(name);
    return name;
  };
  const nodes = graph.nodes.map((node): Node => {
    const name = nodeName(node);
    for (const [i, output] of node.outputs.entries())
      if (output !== '' && !names.has(output)) {
        const own = model.owners?.has(output) === true ? `${name}${i === 0 ? '' : `:${i}`}` : output;
        names.set(output, unique(own));
      }
    return {
      ...withReads(node, names),
      name,
      outputs: node.outputs.map((output) => names.get(output) ?? ''),
    };
  });
  const ends = copies.map((node) => ({ ...withReads(node, names), name: node.outputs[0]! }));
  return { ...graph, name: model.name, nodes: [...nodes, ...ends], outputs };
}
