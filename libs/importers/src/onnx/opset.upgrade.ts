import {
  type Attribute,
  float32,
  type Graph,
  GraphBuilder,
  int64,
  type Node,
  type TensorData,
} from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';
import { tensorRanks } from './tensor.ranks.js';

/**
 * Versions of the standard operators that are read; all are rewritten to version 20, which ours are written
 * for.
 */
const OPSETS = { oldest: 6, written: 20, newest: 22 } as const;

/** Facts of the graph that rules need. */
interface Context {
  readonly builder: GraphBuilder;
  readonly ranks: ReadonlyMap<string, number>;
  readonly opset: number;
  /** Values of a constant; `undefined` for a computed tensor. */
  readonly constant: (name: string | undefined) => TensorData | undefined;
}
/** A node as later versions write it, or the nodes that replace it. */
type Rule = (node: Node, context: Context) => Node | readonly Node[];

const REDUCTIONS: readonly string[] = [
  ...['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin'],
  ...['ReduceProd', 'ReduceSumSquare'],
];
/** Names of GridSample's modes before version 20. */
const GRID_MODES: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' };

const isIntegers = (value: Attribute | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');
const without = (attributes: Node['attributes'], ...names: string[]): Node['attributes'] =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)));
const numberIn = (value: Attribute | undefined): number | undefined =>
  typeof value === 'object' && 'float' in value ? value.float : typeof value === 'number' ? value : undefined;

/** The attribute of integers as an input at a place. */
const asInput =
  (attribute: string, place = 1): Rule =>
  (node, { builder }) => {
    const value = node.attributes[attribute];
    if (!isIntegers(value)) return node;
    const inputs = Array.from(
      { length: Math.max(place, node.inputs.length) },
      (_, i) => node.inputs[i] ?? '',
    );
    inputs[place] = builder.constant(value);
    return { ...node, inputs, attributes: without(node.attributes, attribute) };
  };

/** Before version 7, `axis` said along which axes of the first input the second lies. */
const broadcast: Rule = (node, { builder, ranks, constant }) => {
  const { axis } = node.attributes;
  const attributes = without(node.attributes, 'axis', 'broadcast');
  if (typeof axis !== 'number') return { ...node, attributes };
  const [a, b] = [ranks.get(node.inputs[0]!), ranks.get(node.inputs[1]!)];
  if (a === undefined || b === undefined) throw unknownRank(node);
  const missing = a - (axis < 0 ? axis + a : axis) - b;
  if (missing <= 0) return { ...node, attributes };
  const axes = Array.from({ length: missing }, (_, i) => b + i);
  const second = constant(node.inputs[1]);
  const turned =
    second === undefined
      ? builder.op('Unsqueeze', [node.inputs[1]!, builder.constant(axes)])
      : builder.constant({ ...second, dims: [...second.dims, ...axes.map(() => 1)] });
  return { ...node, attributes, inputs: [node.inputs[0]!, turned] };
};

/** Before version 7, the slopes of channels had no axes for positions. */
const slopes: Rule = (node, { builder, ranks, constant }) => {
  const slope = constant(node.inputs[1]);
  const rank = ranks.get(node.inputs[0]!);
  if (slope?.dims.length !== 1 || slope.dims[0] === 1 || rank === undefined || rank <= 2) return node;
  const dims = [...slope.dims, ...Array<number>(rank - 2).fill(1)];
  return { ...node, inputs: [node.inputs[0]!, builder.constant({ ...slope, dims })] };
};

const inference: Rule = (node) => {
  if (node.attributes['is_test'] === 0 || node.outputs.slice(1).some((name) => name !== ''))
    throw fileInvalid(`operator ${node.opType} is in training mode; export the model for inference`);
  return { ...node, attributes: without(node.attributes, 'is_test', 'consumed_inputs', 'spatial') };
};

/** Without a mask, `Dropout` hands its input on. */
const noDropout: Rule = (node) => ({
  ...node,
  opType: 'Identity',
  inputs: [node.inputs[0]!],
  outputs: [node.outputs[0]!],
  attributes: {},
});

/** Limits were attributes before version 11. */
const clip: Rule = (node, { builder }) => {
  if (node.inputs.length > 1) return node;
  const limit = (name: string): string => {
    const value = numberIn(node.attributes[name]);
    return value === undefined ? '' : builder.constant(value);
  };
  return { ...node, inputs: [node.inputs[0]!, limit('min'), limit('max')], attributes: {} };
};

const pad: Rule = (node, { builder }) => {
  const { pads, value, mode } = node.attributes;
  if (!isIntegers(pads)) return node;
  return {
    ...node,
    inputs: [node.inputs[0]!, builder.constant(pads), builder.constant(numberIn(value) ?? 0)],
    attributes: mode === undefined ? {} : { mode },
  };
};

const slice: Rule = (node, { builder }) => {
  const { starts, ends, axes } = node.attributes;
  if (!isIntegers(starts) || !isIntegers(ends)) return node;
  const along = isIntegers(axes) ? axes : starts.map((_, i) => i);
  return {
    ...node,
    inputs: [node.inputs[0]!, ...[starts, ends, along].map((of) => builder.constant(of))],
    attributes: {},
  };
};

const topK: Rule = (node, { builder }) => {
  const { k } = node.attributes;
  if (typeof k !== 'number') return node;
  return {
    ...node,
    inputs: [node.inputs[0]!, builder.constant([k])],
    attributes: without(node.attributes, 'k'),
  };
};

/** Up to version 10 positions were scaled without an offset. */
const resize: Rule = (node, { builder }) => {
  const { scales, mode = 'nearest' } = node.attributes;
  const given =
    typeof scales === 'object' && 'floats' in scales
      ? builder.constant(float32(scales.floats))
      : (node.inputs[1] ?? '');
  return {
    ...node,
    opType: 'Resize',
    inputs: [node.inputs[0]!, '', given],
    attributes: {
      mode: mode === 'bilinear' ? 'linear' : mode,
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    },
  };
};

/** Versions 11 and 12 wrote an input that is left out as an empty constant. */
const emptyInputs: Rule = (node, { constant }) => ({
  ...node,
  inputs: node.inputs.map((name, i) => (i > 0 && constant(name)?.dims[0] === 0 ? '' : name)),
});

/** Before version 13, all axes from `axis` on were one. */
const flattened: Rule = (node, { builder, ranks }) => {
  const { axis = 1 } = node.attributes;
  const rank = ranks.get(node.inputs[0]!) ?? ranks.get(node.outputs[0]!);
  const isLast = axis === -1 || (rank !== undefined && (axis === rank - 1 || rank === 1));
  if (isLast) return { ...node, attributes: { ...node.attributes, axis: -1 } };
  const [x] = node.inputs;
  const flat = builder.op('Flatten', [x!], { axis });
  const result = builder.op(node.opType, [flat], { axis: -1 });
  return { ...node, opType: 'Reshape', inputs: [result, builder.op('Shape', [x!])], attributes: {} };
};

const splitInParts: Rule = (node) =>
  (node.inputs[1] ?? '') === ''
    ? { ...node, attributes: { ...node.attributes, num_outputs: node.outputs.length } }
    : node;

const gridModes: Rule = (node) => {
  const { mode } = node.attributes;
  return typeof mode === 'string'
    ? { ...node, attributes: { ...node.attributes, mode: GRID_MODES[mode] ?? mode } }
    : node;
};

/** Since version 21 scale and bias belong to channels; before, to groups. */
const groups: Rule = (node, { builder, ranks }) => {
  const { num_groups: count } = node.attributes;
  const rank = ranks.get(node.inputs[0]!);
  if (rank === undefined) throw unknownRank(node);
  const ones = builder.constant(float32(new Float32Array(Number(count)).fill(1)));
  const zeros = builder.constant(float32(new Float32Array(Number(count))));
  const unit = builder.op(
    'GroupNormalization',
    [node.inputs[0]!, ones, zeros],
    without(node.attributes, 'stash_type'),
  );
  const dims = builder.constant([-1, ...Array<number>(rank - 2).fill(1)]);
  const [scale, bias] = node.inputs.slice(1).map((name) => builder.op('Reshape', [name, dims]));
  return { ...node, opType: 'Add', inputs: [builder.op('Mul', [unit, scale!]), bias!], attributes: {} };
};

const renamed =
  (opType: string): Rule =>
  (node) => ({ ...node, opType });

/** Rules for files below the version that they are listed under. */
const BELOW: readonly (readonly [below: number, Readonly<Record<string, Rule>>])[] = [
  [
    7,
    {
      ...Object.fromEntries(
        ['Add', 'Sub', 'Mul', 'Div', 'Pow', 'And', 'Or', 'Xor', 'Equal', 'Greater', 'Less', 'Gemm'].map(
          (name) => [name, broadcast],
        ),
      ),
      PRelu: slopes,
    },
  ],
  [9, { BatchNormalization: inference }],
  [
    11,
    {
      Resize: resize,
      Upsample: resize,
      Clip: clip,
      Pad: pad,
      TopK: topK,
      Scatter: renamed('ScatterElements'),
    },
  ],
  [10, { Slice: slice }],
  [12, { Dropout: noDropout }],
  [
    13,
    {
      Resize: emptyInputs,
      Softmax: flattened,
      LogSoftmax: flattened,
      Hardmax: flattened,
      ReduceSum: asInput('axes'),
      Squeeze: asInput('axes'),
      Unsqueeze: asInput('axes'),
      Split: asInput('split'),
    },
  ],
  [18, { ...Object.fromEntries(REDUCTIONS.map((name) => [name, asInput('axes')])), Split: splitInParts }],
  [20, { GridSample: gridModes }],
];
const SINCE_21: Readonly<Record<string, Rule>> = { GroupNormalization: groups };

/**
 * The graph in operators of version 20, its `Constant` nodes as constants. Throws `invalid`
 * MODEL_FILE_INVALID for a version that is not read.
 */
export function upgraded(graph: Graph): Graph {
  const { opset } = graph;
  if (opset === undefined || opset < OPSETS.oldest || opset > OPSETS.newest) {
    throw fileInvalid(
      `it is written in operators of version ${opset ?? 'unknown'}; export it with opset_version ` +
        `${OPSETS.oldest} to ${OPSETS.newest}`,
    );
  }
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  const constants = new Map(graph.initializers);
  const context: Context = {
    builder,
    ranks: tensorRanks(graph),
    opset,
    constant: (name) => constants.get(name ?? ''),
  };
  for (const node of graph.nodes) {
    const constant = node.opType === 'Constant' ? readConstant(node) : undefined;
    if (constant === undefined) for (const written of modern(node, context)) builder.add(written);
    else {
      builder.initializer(node.outputs[0]!, constant);
      constants.set(node.outputs[0]!, constant);
    }
  }
  return { ...builder.build(), outputs: graph.outputs };
}

function readConstant({ attributes }: Node): TensorData | undefined {
  const { value, value_float: one, value_floats: many, value_int: whole, value_ints: wholes } = attributes;
  if (typeof value === 'object' && 'tensor' in value) return value.tensor;
  if (typeof one === 'object' && 'float' in one) return float32([one.float], []);
  if (typeof many === 'object' && 'floats' in many) return float32(many.floats);
  if (typeof whole === 'number') return int64([whole], []);
  return isIntegers(wholes) ? int64(wholes) : undefined;
}

function modern(node: Node, context: Context): readonly Node[] {
  if (node.domain !== undefined) return [node];
  let nodes: readonly Node[] = [node];
  for (const [below, rules] of BELOW)
    if (context.opset < below) nodes = nodes.flatMap((one) => rules[one.opType]?.(one, context) ?? one);
  return context.opset > OPSETS.written
    ? nodes.flatMap((one) => SINCE_21[one.opType]?.(one, context) ?? one)
    : nodes;
}

const unknownRank = ({ opType, outputs }: Node) =>
  fileInvalid(
    `operator ${opType} (it makes "${outputs[0] ?? ''}") of an old version lies along axes of a tensor whose ` +
      'number of axes is unknown; convert the file by onnx.version_converter',
  );
