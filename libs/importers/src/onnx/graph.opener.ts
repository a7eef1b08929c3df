import {
  type DataType,
  type Dim,
  elementCount,
  type Graph,
  GraphBuilder,
  prune,
  type ValueInfo,
} from '@noema/onnx';
import { fileInvalid, optionInvalid } from '../import.errors.js';
import type { ImportOptions } from '../importer.js';
import type { ChannelLayout } from '../preprocessing/preprocessing.js';
import { GraphLinks, withReads } from './graph.links.js';

/** Codes of ONNX for the types that data may be turned into, and out of. */
const CAST: Partial<Record<DataType, number>> = { float32: 1, int32: 6, int64: 7, float16: 10, float64: 11 };
const FLOATS: ReadonlySet<DataType> = new Set(['float32', 'float16', 'float64']);
const isFloat = (dataType?: DataType): boolean => dataType !== undefined && FLOATS.has(dataType);
/** Operators that take channels first. */
const SPATIAL: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'LpPool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'BatchNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'LRN',
  'DepthToSpace',
  'SpaceToDepth',
]);
/** Operators that may precede the first of these on the path of a picture. */
const PASSED: ReadonlySet<string> = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Cast',
  'Identity',
  'Pad',
  'Clip',
  'Neg',
]);

/** Operators that do not move channels, between the last operator with channels first and an output. */
const KEEPS_CHANNELS: ReadonlySet<string> = new Set([
  ...PASSED,
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Elu',
  'Selu',
  'Celu',
  'Gelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Softmax',
  'LogSoftmax',
  'Softplus',
  'Softsign',
  'Tanh',
  'Exp',
  'Log',
  'Mish',
  'Dropout',
  'Concat',
  'Resize',
  'Upsample',
  'Slice',
  'Max',
  'Min',
  'Pow',
  'Sqrt',
  'Abs',
]);

/** Numbers of one sample of an input. */
const MAX_INPUT = 2 ** 26;

/**
 * The graph as data are given here: float32 inputs with an open batch `n` first and channels last, float32
 * outputs, the requested activation behind the first one. Inputs are channels first in the file when they
 * lead to a convolution or pooling with nothing but arithmetic between; outputs with positions when they come
 * of one with nothing between that moves channels. Throws `invalid` MODEL_FILE_INVALID, MODEL_IMPORT_INVALID.
 */
export function opened(
  graph: Graph,
  { outputActivation, outputs = [], channelsFirst, preprocessing = [] }: ImportOptions,
): Graph {
  const kept = keptOutputs(graph, outputs);
  const whole = prune(graph, kept);
  const links = new GraphLinks(whole);
  if (whole.inputs.length === 0) throw fileInvalid('it has no inputs that its outputs depend on');
  const builder = new GraphBuilder({ ...whole, inputs: [], nodes: [], outputs: [] });
  builder.reserve(whole.nodes.flatMap((node) => node.outputs));
  const layouts = new Map(preprocessing.map(({ input, layout }) => [input, layout]));
  const findLayout = (name: string): ChannelLayout | undefined =>
    layouts.get(name) ?? (whole.inputs.length === 1 ? layouts.get('') : undefined);
  const isTurned = (name: string): boolean => {
    const layout = findLayout(name);
    if (layout !== undefined) return layout === 'channels-first';
    return channelsFirst?.includes(name) ?? leadsToPositions(links, name);
  };
  const names = new Map(whole.inputs.map((input) => [input.name, given(builder, input, isTurned)]));
  for (const node of whole.nodes) builder.add(withReads(node, names));
  kept.forEach((name, i) => {
    const { dataType, dims = [] } = whole.outputs.find((output) => output.name === name)!;
    if (!isFloat(dataType))
      throw optionInvalid(
        'outputs',
        `output "${name}" has elements of type ${dataType}; keep outputs of floats alone, by their names`,
      );
    const inner = names.get(name) ?? name;
    const rank = comesOfPositions(links, name) ? dims.length : 0;
    const turned = rank > 2 ? channelsLast(builder, links, { name, rank }) : inner;
    const made = dataType === 'float32' ? turned : builder.op('Cast', [turned], { to: 1 });
    if (i === 0 && outputActivation !== undefined)
      builder.output(
        builder.op(
          outputActivation === 'softmax' ? 'Softmax' : 'Sigmoid',
          [made],
          outputActivation === 'softmax' ? { axis: -1 } : {},
          builder.fresh('activation'),
        ),
      );
    // The runtime takes no graph that hands an input through.
    else builder.output(names.has(name) ? builder.op('Identity', [made]) : made);
  });
  // The original non-linearity before the transpose has no reader any more.
  return prune(builder.build());
}

/**
 * Returns the output with its channels last. A softmax over them, or a sigmoid, stays the last operator, so
 * that its input can be found.
 */
function channelsLast(
  builder: GraphBuilder,
  links: GraphLinks,
  { name, rank }: { readonly name: string; readonly rank: number },
): string {
  const maker = links.findMaker(name);
  const perm = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const axis = maker?.opType === 'Softmax' ? (maker.attributes['axis'] ?? -1) : undefined;
  if (maker?.opType !== 'Sigmoid' && axis !== 1 && axis !== 1 - rank)
    return builder.op('Transpose', [name], { perm });
  return builder.op(
    maker!.opType,
    [builder.op('Transpose', [maker!.inputs[0]!], { perm })],
    axis === undefined ? {} : { axis: -1 },
  );
}

/**
 * The names of the outputs to keep, in the order of the file: the requested ones, or all, without
 * whole numbers such as labels where there are floats.
 */
export function keptOutputs({ outputs }: Graph, asked: readonly string[]): string[] {
  const all = outputs.map(({ name }) => name);
  if (all.length === 0) throw fileInvalid('it has no outputs');
  checkOutputNames(all);
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw optionInvalid('outputs', `the model has no output "${unknown}"; it has ${all.join(', ')}`);
  const floats = outputs.filter(({ dataType }) => isFloat(dataType)).map(({ name }) => name);
  return asked.length > 0 ? all.filter((name) => asked.includes(name)) : floats.length > 0 ? floats : all;
}

/** Evaluations, requests and columns of a map name an output. */
function checkOutputNames(names: readonly string[]): void {
  const unnamed = names.indexOf('');
  if (unnamed >= 0)
    throw fileInvalid(
      `its output ${unnamed + 1} of ${names.length} has no name; give it one and export again`,
    );
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined)
    throw fileInvalid(`it names the output "${twice}" twice; give each output its own name and export again`);
}

/** Declares the input in the platform's layout, and returns the tensor for the file's own input. */
function given(
  builder: GraphBuilder,
  { name, dataType, dims }: ValueInfo,
  isTurned: (name: string) => boolean,
): string {
  const to = CAST[dataType];
  const sizes = toSizes(name, dims);
  if (to === undefined)
    throw fileInvalid(`input "${name}" takes elements of type ${dataType}; give floats or whole numbers`);
  const first = sizes.length >= 2 && isTurned(name);
  const input = builder.input(name, ['n', ...(first ? [...sizes.slice(1), sizes[0]!] : sizes)]);
  const turned = first
    ? builder.op('Transpose', [input], { perm: [0, sizes.length, ...sizes.slice(1).map((_, i) => i + 1)] })
    : input;
  return dataType === 'float32' ? turned : builder.op('Cast', [turned], { to });
}

function toSizes(name: string, [batch, ...sizes]: readonly Dim[]): number[] {
  const shape = `[${[batch, ...sizes].join(', ')}]`;
  if (batch === undefined || (typeof batch === 'number' && batch !== 1))
    throw fileInvalid(
      `input "${name}" is ${shape}; its first axis must be an open batch, or 1 (give the sizes of one sample ` +
        'as its input shape where the first axis is a batch)',
    );
  if (!sizes.every((size): size is number => typeof size === 'number' && size > 0))
    throw fileInvalid(
      `input "${name}" is ${shape}; export the model with fixed sizes but for the first axis, or give the ` +
        'sizes of one sample as its input shape',
    );
  if (elementCount(sizes) > MAX_INPUT)
    throw fileInvalid(`input "${name}" is ${shape}, more than ${MAX_INPUT} numbers a sample`);
  return sizes;
}

function comesOfPositions(links: GraphLinks, name: string): boolean {
  const looked = new Set([name]);
  for (const tensor of looked) {
    const maker = links.findMaker(tensor);
    if (maker !== undefined && SPATIAL.has(maker.opType)) return true;
    if (maker !== undefined && KEEPS_CHANNELS.has(maker.opType))
      for (const input of maker.inputs) if (links.isVarying(input)) looked.add(input);
  }
  return false;
}

function leadsToPositions(links: GraphLinks, name: string): boolean {
  const looked = new Set([name]);
  for (const tensor of looked) {
    for (const node of links.listReaders(tensor)) {
      if (SPATIAL.has(node.opType) && node.inputs[0] === tensor) return true;
      if (PASSED.has(node.opType)) for (const output of node.outputs) looked.add(output);
    }
  }
  return false;
}
