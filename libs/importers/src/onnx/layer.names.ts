import type { Node } from '@noema/onnx';

/** Parts of a path that do not identify a layer. */
const SILENT_WORDS = [
  'weights?|bias(es)?|kernel|recurrent_kernel|embeddings|W|R|B|merged_input',
  'ReadVariableOp|ResourceGather|BiasAdd|MatMul|Conv|Conv[123]D|convolution|Gemm|Gather|LSTM|GRU|RNN|Add',
  'Einsum|Tensordot|Transpose|Identity|Cast|Reshape|Squeeze|ExpandDims',
  String.raw`StatefulPartitionedCall|PartitionedCall|model|output_?\d*|Variable|variable|val|const|onnx`,
];
const SILENT = new RegExp(String.raw`^(${SILENT_WORDS.join('|')})(_fold\w*|__?\d+)*$`);
/** Names that exporters make up. */
const MADE_UP = /^(onnx::|const_|const_fold|_|val_|node_|new_|\d+$)|__\d+$/;
const LONGEST = 100;

/**
 * Names for the layers of a graph, derived from their weights or, if the exporter generated those names, from
 * their outputs: `conv1` of `conv1.weight`, `dense` of `StatefulPartitionedCall/model/dense/MatMul:0`. Each
 * name is unique.
 */
export class LayerNames {
  private readonly given = new Set<string>();

  /** Names the layer of a node with these constants. */
  of(node: Node, constants: readonly string[]): string {
    const paths = [...constants.filter((name) => !MADE_UP.test(name)), ...node.outputs];
    const spoken = paths.map(spokenPart).find((name) => name !== '') ?? node.opType.toLowerCase();
    return this.unique(spoken);
  }

  /** The name, with a number behind it when it is taken. */
  unique(name: string): string {
    let unique = name;
    for (let i = 2; this.given.has(unique); i++) unique = `${name}_${i}`;
    this.given.add(unique);
    return unique;
  }
}

/** The names without the first parts that all of them share: the name of the model. */
export function withoutModel(names: readonly string[]): string[] {
  const split = names.map((name) => name.split('/'));
  const shortest = Math.min(...split.map((parts) => parts.length - 1));
  let shared = 0;
  while (names.length > 0 && shared < shortest && split.every((parts) => parts[shared] === split[0]![shared]))
    shared++;
  return split.map((parts) => parts.slice(shared).join('/'));
}

function spokenPart(path: string): string {
  const parts = path
    .replace(/:\d+$/, '')
    .replace(/_output_\d+$/, '')
    .split(/[/.:]+/)
    .map((part) => part.replaceAll(/[^\w-]/g, '_'))
    .filter((part) => part !== '' && !SILENT.test(part));
  const name = parts.join('/').slice(-LONGEST);
  return /^\d+$/.test(name) ? `layer_${name}` : name;
}
