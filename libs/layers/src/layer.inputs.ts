import { type Node, listReads } from '@noema/onnx';
import type { CompiledModel, LayerInfo } from './compiled-model.js';

/**
 * Returns by layer the names of the layers whose outputs it reads, in the order of its inputs. Between the layers
 * of an imported graph are operators without weights, which are skipped, and its blocks, which count as layers.
 * A block of layers reads the one whose output it is.
 */
export function layerInputs(
  model: CompiledModel,
  blocks: readonly LayerInfo[],
): ReadonlyMap<string, readonly string[]> {
  const { owners, summary } = model;
  const graph = new LayerGraph(model, owners === undefined ? blocks : []);
  return new Map([
    ...summary.map(({ name, inputs }) => [name, inputs ?? graph.findInputs(name)] as const),
    ...blocks.map(({ name, activation }) => {
      const owner = owners?.get(activation);
      return [name, owner === undefined ? graph.findInputs(name) : [owner]] as const;
    }),
  ]);
}

/** Layers by the tensors that they write. */
class LayerGraph {
  private readonly nodes = new Map<string, Node>();
  private readonly writers = new Map<string, string>();
  private readonly written = new Map<string, string[]>();

  constructor(
    { graph, inputs, parameters, owners = new Map<string, string>() }: CompiledModel,
    blocks: readonly LayerInfo[],
  ) {
    const data = new Set(inputs.map(({ name }) => name));
    const varying = new Set(data);
    const layers = new Map(parameters.map(({ name, layer }) => [name, layer]));
    for (const node of graph.nodes) {
      const reads = listReads(node);
      const layer = reads.map((name) => layers.get(name)).find((name) => name !== undefined);
      const isVarying = reads.some((name) => varying.has(name));
      for (const output of node.outputs) {
        this.nodes.set(output, node);
        const owner = owners.get(output) ?? (isVarying ? layer : undefined);
        if (isVarying) varying.add(output);
        // A tensor computed of weights alone belongs to their layer, and is no output of it.
        else if (layer !== undefined) layers.set(output, layer);
        if (owner !== undefined) this.add(output, owner);
      }
    }
    for (const name of data) this.writers.set(name, name);
    for (const { name, activation } of blocks) this.add(activation, name);
  }

  private add(tensor: string, layer: string): void {
    this.writers.set(tensor, layer);
    this.written.set(layer, [...(this.written.get(layer) ?? []), tensor]);
  }

  findInputs(layer: string): string[] {
    const found = new Set<string>();
    const looked = new Set(this.written.get(layer) ?? []);
    for (const tensor of looked)
      for (const input of listReads(this.nodes.get(tensor) ?? NO_NODE)) {
        const writer = this.writers.get(input);
        if (writer === undefined || writer === layer) looked.add(input);
        else found.add(writer);
      }
    return [...found];
  }
}

const NO_NODE: Node = { opType: '', inputs: [], outputs: [], attributes: {} };
