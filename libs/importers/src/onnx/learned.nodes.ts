import { elementCount, type Node } from '@noema/onnx';
import type { GraphLinks } from './graph.links.js';
import { LayerNames, withoutModel } from './layer.names.js';

/** Initialiser of a parameter when weights are randomised. */
export type FirstValues = 'glorot_uniform' | 'zeros' | 'ones';

/** A constant of the graph that was learned. */
export interface LearnedConstant {
  readonly tensor: string;
  /** Its name in the layer. */
  readonly weight: string;
  readonly first: FirstValues;
  readonly trainable: boolean;
}

/** A node of the graph with learned constants. */
export interface LearnedNode {
  readonly name: string;
  readonly node: Node;
  readonly constants: readonly LearnedConstant[];
  /** True for a layer with units whose responses are followed. */
  readonly hasUnits: boolean;
}

type Role = readonly [input: number, weight: string, first: FirstValues, trainable?: false];
const NORM: readonly Role[] = [
  [1, 'scale', 'ones'],
  [2, 'bias', 'zeros'],
];
const RECURRENT: readonly Role[] = [
  [1, 'kernel', 'glorot_uniform'],
  [2, 'recurrent_kernel', 'glorot_uniform'],
  [3, 'bias', 'zeros'],
];
const AFFINE: readonly Role[] = [
  [1, 'weight', 'glorot_uniform'],
  [2, 'bias', 'zeros'],
];

/** Which inputs of an operator are learned. */
const ROLES: Readonly<Record<string, { readonly roles: readonly Role[]; readonly hasUnits: boolean }>> = {
  Conv: { roles: AFFINE, hasUnits: true },
  ConvTranspose: { roles: AFFINE, hasUnits: true },
  Gemm: { roles: AFFINE, hasUnits: true },
  MatMul: { roles: AFFINE, hasUnits: true },
  LSTM: { roles: [...RECURRENT, [7, 'peepholes', 'zeros']], hasUnits: true },
  GRU: { roles: RECURRENT, hasUnits: true },
  RNN: { roles: RECURRENT, hasUnits: true },
  Gather: { roles: [[0, 'embeddings', 'glorot_uniform']], hasUnits: true },
  BatchNormalization: {
    roles: [...NORM, [3, 'mean', 'zeros', false], [4, 'variance', 'ones', false]],
    hasUnits: false,
  },
  LayerNormalization: { roles: NORM, hasUnits: false },
  InstanceNormalization: { roles: NORM, hasUnits: false },
  GroupNormalization: { roles: NORM, hasUnits: false },
  TreeEnsembleRegressor: { roles: [], hasUnits: true },
  PRelu: { roles: [[1, 'slope', 'zeros']], hasUnits: false },
};

/** Larger constants count as learned even without a learned operator, such as positions of a transformer. */
const LARGE = 256;

/**
 * Returns the nodes with learned constants in the order of the graph, each constant once. A bias that is
 * added after a layer belongs to it.
 */
export function learnedNodes(links: GraphLinks): LearnedNode[] {
  const taken = new Set<string>();
  const names = new LayerNames();
  const found: LearnedNode[] = [];
  const fresh = (tensor: string): boolean => {
    const { dataType, dims } = links.graph.initializers.get(tensor)!;
    return dataType === 'float32' && dims.length > 0 && !taken.has(tensor);
  };
  for (const node of links.graph.nodes) {
    if (!node.outputs.some((name) => links.isVarying(name))) continue;
    const { roles, hasUnits } = ROLES[node.opType] ?? { roles: [], hasUnits: false };
    const constants = [
      ...byRole(node, roles, links),
      ...biasBehind(node, hasUnits, links),
      ...large(node, links),
      ...findBase(node, links),
    ].filter(({ tensor }) => fresh(tensor) && taken.add(tensor).size > 0);
    const isLayer = hasUnits && isLearned(node, links);
    if (!isLayer && constants.length === 0) continue;
    found.push({
      name: names.of(
        node,
        constants.map(({ tensor }) => tensor),
      ),
      node,
      constants,
      hasUnits: isLayer,
    });
  }
  const short = withoutModel(found.map(({ name }) => name));
  return found.map((learned, i) => ({ ...learned, name: short[i]! }));
}

function byRole(node: Node, roles: readonly Role[], links: GraphLinks): LearnedConstant[] {
  return roles.flatMap(([input, weight, first, trainable = true]) => {
    const tensor = node.inputs[input] ?? '';
    return tensor === '' || links.isVarying(tensor)
      ? []
      : links.listConstants(tensor).map((name) => ({ tensor: name, weight, first, trainable }));
  });
}

/**
 * True when the operator's first learned input is a constant of floats: a product of two activations is no
 * layer, nor is the picking of shapes.
 */
function isLearned({ opType, inputs }: Node, links: GraphLinks): boolean {
  if (opType === 'TreeEnsembleRegressor') return true;
  const weight = inputs[opType === 'Gather' ? 0 : 1]!;
  const data = inputs[opType === 'Gather' ? 1 : 0]!;
  if (links.isVarying(weight) || !links.isVarying(data)) return false;
  const constants = links
    .listConstants(weight)
    .map((name) => links.graph.initializers.get(name)!)
    .filter(({ dataType }) => dataType === 'float32');
  return constants.some(({ dims }) => (opType === 'Gather' ? dims.length === 2 : dims.length >= 2));
}

function biasBehind({ outputs }: Node, hasUnits: boolean, links: GraphLinks): LearnedConstant[] {
  const readers = hasUnits ? links.listReaders(outputs[0] ?? '') : [];
  const [add] = readers;
  if (readers.length !== 1 || add!.opType !== 'Add') return [];
  return add!.inputs
    .filter((name) => links.graph.initializers.has(name))
    .map((tensor) => ({ tensor, weight: 'bias', first: 'zeros', trainable: true }));
}

/** The start of the sums over all trees: the one weight of a layer of trees. */
function findBase({ opType, outputs }: Node, { graph }: GraphLinks): LearnedConstant[] {
  const tensor = `${outputs[0] ?? ''}/bias`;
  return opType === 'TreeEnsembleRegressor' && graph.initializers.has(tensor)
    ? [{ tensor, weight: 'bias', first: 'zeros', trainable: false }]
    : [];
}

function large(node: Node, links: GraphLinks): LearnedConstant[] {
  const all = node.inputs
    .filter((name) => name !== '' && !links.isVarying(name))
    .flatMap((name) => links.listConstants(name));
  return all
    .filter((name) => elementCount(links.graph.initializers.get(name)!.dims) > LARGE)
    .map((tensor) => ({ tensor, weight: 'weight', first: 'glorot_uniform', trainable: true }));
}
