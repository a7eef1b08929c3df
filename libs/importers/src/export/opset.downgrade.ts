import { type Attribute, type Dim, type Graph, GraphBuilder, type Node, type TensorData } from '@noema/onnx';
import { operatorNotExported } from './export.errors.js';

/** Facts of the graph that rules need. */
interface Context {
  readonly builder: GraphBuilder;
  readonly shapes: ReadonlyMap<string, readonly Dim[]>;
  /** Values of a constant; `undefined` for a computed tensor. */
  readonly constant: (name: string | undefined) => TensorData | undefined;
  /** Error that names the node's layer. */
  readonly fail: (why: string) => Error;
}
/** A node as version 17 writes it, or the node that ends its replacement. */
type Rule = (node: Node, context: Context) => Node;

const REDUCTIONS: readonly string[] = [
  ...['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin'],
  ...['ReduceProd', 'ReduceSumSquare'],
];
const GRID_MODES: Readonly<Record<string, string>> = { linear: 'bilinear', cubic: 'bicubic' };

const without = (attributes: Node['attributes'], ...names: string[]): Node['attributes'] =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));

const wholes = ({ data }: TensorData): number[] => Array.from(data as ArrayLike<number | bigint>, Number);

/** Since version 18, axes are an input. */
const reduction: Rule = (node, { constant, fail }) => {
  const [x, axes = ''] = node.inputs;
  const attributes = without(node.attributes, 'noop_with_empty_axes');
  const values = axes === '' ? [] : constant(axes) && wholes(constant(axes)!);
  if (values === undefined) throw fail('has axes that are computed');
  if (values.length > 0) return { ...node, inputs: [x!], attributes: { ...attributes, axes: values } };
  if (node.attributes['noop_with_empty_axes'] === 1) throw fail('has no axes to reduce');
  return { ...node, inputs: [x!], attributes };
};

/** Before version 18, a number of parts meant equal parts. */
const split: Rule = (node, { builder, shapes }) => {
  const { num_outputs: count } = node.attributes;
  const attributes = without(node.attributes, 'num_outputs');
  const dims = shapes.get(node.inputs[0]!);
  const axis = Number(attributes['axis'] ?? 0);
  const size = dims?.[axis < 0 ? axis + dims.length : axis];
  if (typeof count !== 'number' || typeof size !== 'number' || size % count === 0)
    return { ...node, attributes };
  const part = Math.ceil(size / count);
  const sizes = Array.from({ length: count }, (_, i) => Math.min(part, size - i * part));
  return { ...node, inputs: [node.inputs[0]!, builder.constant(sizes)], attributes };
};

const gelu: Rule = (node, { builder }) => {
  const [x] = node.inputs as [string];
  const scaled = (value: string, by: number): string => builder.op('Mul', [value, builder.constant(by)]);
  const bent =
    node.attributes['approximate'] === 'tanh'
      ? builder.op('Tanh', [
          scaled(
            builder.op('Add', [x, scaled(builder.op('Mul', [x, builder.op('Mul', [x, x])]), 0.044715)]),
            Math.sqrt(2 / Math.PI),
          ),
        ])
      : builder.op('Erf', [scaled(x, Math.SQRT1_2)]);
  const share = builder.op('Add', [bent, builder.constant(1)]);
  return { ...node, opType: 'Mul', inputs: [scaled(x, 0.5), share], attributes: {} };
};

/** x · tanh(ln(1 + eˣ)). */
const mish: Rule = (node, { builder }) => {
  const [x] = node.inputs as [string];
  const bent = builder.op('Tanh', [builder.op('Softplus', [x])]);
  return { ...node, opType: 'Mul', inputs: [x, bent], attributes: {} };
};

/** Groups are the channels of an instance normalisation; until version 20, scale and bias belong to groups. */
const groups: Rule = (node, { builder }) => {
  const { num_groups: count, epsilon } = node.attributes;
  const [x, scale, bias] = node.inputs as [string, string, string];
  const grouped = builder.op('Reshape', [x, builder.constant([0, Number(count), -1])]);
  const unit = builder.op(
    'InstanceNormalization',
    [grouped, scale, bias],
    epsilon === undefined ? {} : { epsilon },
  );
  return { ...node, opType: 'Reshape', inputs: [unit, builder.op('Shape', [x])], attributes: {} };
};

/** Since version 18, padding may be given for some axes. */
const pad: Rule = (node, { builder, shapes, constant, fail }) => {
  if (node.attributes['mode'] === 'wrap') throw fail('has mode wrap');
  const [x, pads, value = '', axes = ''] = node.inputs;
  if (axes === '') return node;
  const [given, along, rank] = [constant(pads), constant(axes), shapes.get(x!)?.length];
  if (given === undefined || along === undefined || rank === undefined)
    throw fail('pads axes that are computed');
  const [sizes, places] = [wholes(given), wholes(along)];
  const all = Array<number>(2 * rank).fill(0);
  places.forEach((axis, i) => {
    const at = axis < 0 ? axis + rank : axis;
    all[at] = sizes[i]!;
    all[rank + at] = sizes[places.length + i]!;
  });
  return { ...node, inputs: [x!, builder.constant(all), ...(value === '' ? [] : [value])] };
};

/** Leaves out attributes at the values that version 17 computes; `allowed` has these values. */
const plainly =
  (allowed: Readonly<Record<string, (value: Attribute) => boolean>>): Rule =>
  (node, { fail }) => {
    for (const [name, fits] of Object.entries(allowed)) {
      const value = node.attributes[name];
      if (value !== undefined && !fits(value)) throw fail(`has ${name} ${JSON.stringify(value)}`);
    }
    return { ...node, attributes: without(node.attributes, ...Object.keys(allowed)) };
  };
const is =
  (expected: Attribute) =>
  (value: Attribute): boolean =>
    value === expected;
const isOnes = (value: Attribute): boolean =>
  Array.isArray(value) && value.every((one: string | number) => one === 1);

const resize: Rule = (node, context) => {
  if (node.attributes['coordinate_transformation_mode'] === 'half_pixel_symmetric')
    throw context.fail('has coordinate_transformation_mode half_pixel_symmetric');
  return plainly({ antialias: is(0), axes: () => false, keep_aspect_ratio_policy: is('stretch') })(
    node,
    context,
  );
};

const grid: Rule = (node, { shapes, fail }) => {
  const { mode } = node.attributes;
  if ((shapes.get(node.inputs[0]!)?.length ?? 4) !== 4) throw fail('samples volumes');
  return typeof mode === 'string'
    ? { ...node, attributes: { ...node.attributes, mode: GRID_MODES[mode] ?? mode } }
    : node;
};

/** Largest and smallest came with version 18. */
const scatter: Rule = (node, { fail }) => {
  const { reduction: how = 'none' } = node.attributes;
  if (how === 'max' || how === 'min') throw fail(`has reduction ${how}`);
  return node;
};

const RULES: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(REDUCTIONS.map((name) => [name, reduction])),
  Split: split,
  Gelu: gelu,
  Mish: mish,
  GroupNormalization: groups,
  Pad: pad,
  Resize: resize,
  GridSample: grid,
  ScatterElements: scatter,
  ScatterND: scatter,
  AveragePool: plainly({ dilations: isOnes }),
  LpPool: plainly({ dilations: isOnes, ceil_mode: is(0) }),
  Cast: plainly({ saturate: is(1) }),
  QuantizeLinear: plainly({ saturate: is(1) }),
};

/** Version that `lowered` writes. */
export const LOWERED_OPSET = 17;

/** Layers and shapes of the tensors of a graph. */
export interface GraphFacts {
  readonly shapes: ReadonlyMap<string, readonly Dim[]>;
  /** Name of the layer that a node belongs to. */
  readonly findLayer: (node: Node) => string;
}

/**
 * Returns a graph of version 20 in operators of version 17. Throws `unsupported` EXPORT_OPERATOR_UNSUPPORTED,
 * with the name of the layer, for an operator that version 17 does not have.
 */
export const lowered = (graph: Graph, facts: GraphFacts): Graph =>
  written(graph, facts, { constants: new Map(), outer: undefined, layer: undefined });

interface Outer {
  readonly constants: ReadonlyMap<string, TensorData>;
  readonly outer: GraphBuilder | undefined;
  /** Layer of the operator whose body the graph is. */
  readonly layer: string | undefined;
}

function written(graph: Graph, facts: GraphFacts, around: Outer): Graph {
  const builder = new GraphBuilder(
    { ...graph, nodes: [], outputs: [] },
    graph.name === '' ? 'body' : graph.name,
    around.outer,
  );
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  const constants = new Map([...around.constants, ...graph.initializers]);
  for (const node of graph.nodes) {
    const layer = around.layer ?? facts.findLayer(node);
    const fail = (why: string): Error => operatorNotExported(layer, node.opType, why);
    const context = {
      builder,
      shapes: facts.shapes,
      constant: (name: string | undefined) => constants.get(name ?? ''),
      fail,
    };
    const rule = node.domain === undefined ? RULES[node.opType] : undefined;
    const plain = rule === undefined ? node : rule(node, context);
    builder.add({ ...plain, attributes: withBodies(plain, facts, { constants, outer: builder, layer }) });
  }
  return { ...builder.build(), name: graph.name, outputs: graph.outputs };
}

const withBodies = ({ attributes }: Node, facts: GraphFacts, around: Outer): Node['attributes'] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'object' && 'graph' in value ? { graph: written(value.graph, facts, around) } : value,
    ]),
  );
