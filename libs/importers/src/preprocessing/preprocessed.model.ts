import type { CompiledModel, ModelInput } from '@noema/layers';
import { type Attributes, type Dim, float32, GraphBuilder } from '@noema/onnx';
import { withReads } from '../onnx/graph.links.js';
import { changesData, describeSteps, type InputPreprocessing } from './preprocessing.js';
import { resizeWeights } from './resize.weights.js';

/**
 * The model with the preprocessing in front of its inputs, as a part of its graph: everything that runs or
 * explains it gives it unchanged data, and gradients lead back to the data. `stated` must have passed
 * `checkedPreprocessing`.
 */
export function preprocessedModel(
  model: CompiledModel,
  stated: readonly InputPreprocessing[],
): CompiledModel {
  const steps = new Map(stated.filter(changesData).map((one) => [one.input, one]));
  if (steps.size === 0) return model;
  const shapes = new Map(model.shapes);
  const inputs = model.inputs.map((input) => {
    const own = steps.get(input.name);
    return own === undefined ? input : dataInput(input, own);
  });
  const dims = new Map(inputs.map((input) => [input.name, input.dims]));
  const { graph } = model;
  const builder = new GraphBuilder({
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, dims: dims.get(input.name) ?? input.dims })),
    nodes: [],
    outputs: [],
  });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  const names = new Map<string, string>();
  for (const input of inputs) {
    const own = steps.get(input.name);
    if (own === undefined) continue;
    shapes.set(input.name, input.dims);
    names.set(
      input.name,
      writeSteps(new StepWriter(builder, shapes), input, { own, size: inputSize(model, own) }),
    );
  }
  for (const node of graph.nodes) builder.add(withReads(node, names));
  for (const { name, dims: output, dataType } of graph.outputs) builder.output(name, output, dataType);
  return { ...model, inputs, graph: builder.build(), shapes };
}

const inputSize = ({ inputs }: CompiledModel, { input }: InputPreprocessing): number[] =>
  inputs
    .find(({ name }) => name === input)!
    .dims.slice(1)
    .map(Number);

function dataInput({ name, dims }: ModelInput, own: InputPreprocessing): ModelInput {
  const [batch, ...size] = dims;
  const positions = own.dataSize ?? size.slice(0, -1);
  const channels = own.channelOrder === 'gray' ? 1 : size.at(-1)!;
  return {
    name,
    dims: [batch!, ...positions, channels],
    preprocessing: describeSteps(own, size.map(Number)),
  };
}

/** Writes operators with their shapes. */
class StepWriter {
  constructor(
    readonly builder: GraphBuilder,
    private readonly shapes: Map<string, readonly Dim[]>,
  ) {}

  op(opType: string, inputs: readonly string[], dims: readonly Dim[], attributes: Attributes = {}): string {
    const output = this.builder.op(opType, inputs, attributes);
    this.shapes.set(output, dims);
    return output;
  }

  constant(data: ArrayLike<number>, dims: readonly number[]): string {
    const name = this.builder.constant(float32(Float32Array.from(data), dims));
    this.shapes.set(name, dims);
    return name;
  }
}

function writeSteps(
  write: StepWriter,
  { name, dims }: ModelInput,
  { own, size }: { readonly own: InputPreprocessing; readonly size: readonly number[] },
): string {
  const [batch] = dims;
  const channels = size.at(-1)!;
  let tensor = name;
  if (own.dataSize !== undefined) tensor = resized(write, { tensor, dims, own, size });
  if (own.channelOrder === 'gray')
    tensor = write.op('Concat', Array<string>(channels).fill(tensor), [batch!, ...size], { axis: -1 });
  if (own.channelOrder === 'bgr')
    tensor = write.op(
      'MatMul',
      [tensor, write.constant(reversal(channels), [channels, channels])],
      [batch!, ...size],
    );
  const { factors, offsets } = affine(own);
  const along = (values: readonly number[]): string => write.constant(values, [values.length]);
  if (factors.some((factor) => factor !== 1))
    tensor = write.op('Mul', [tensor, along(factors)], [batch!, ...size]);
  if (offsets.some((offset) => offset !== 0))
    tensor = write.op('Add', [tensor, along(offsets)], [batch!, ...size]);
  return tensor;
}

/** Range, mean and deviation as one factor and one offset for each channel. */
function affine({ range: [low, high] = [0, 1], mean = [0], std = [1] }: InputPreprocessing): {
  factors: number[];
  offsets: number[];
} {
  const at = (values: readonly number[], i: number): number => values[values.length === 1 ? 0 : i]!;
  const channels = Array.from({ length: Math.max(mean.length, std.length) }, (_, i) => i);
  return {
    factors: channels.map((c) => (high - low) / at(std, c)),
    offsets: channels.map((c) => (low - at(mean, c)) / at(std, c)),
  };
}

/** A product with it reverses the last axis, and has a gradient. */
const reversal = (size: number): number[] =>
  Array.from({ length: size * size }, (_, i) => (Math.floor(i / size) + (i % size) === size - 1 ? 1 : 0));

/** Rows and columns resized by two matrix products. */
function resized(
  write: StepWriter,
  {
    tensor,
    dims,
    own: { interpolation = 'bilinear' },
    size,
  }: {
    readonly tensor: string;
    readonly dims: readonly Dim[];
    readonly own: InputPreprocessing;
    readonly size: readonly number[];
  },
): string {
  const [batch, height, width, channels] = dims as [Dim, number, number, number];
  const [toHeight, toWidth] = size as [number, number];
  const rows = write.constant(resizeWeights(height, toHeight, interpolation), [toHeight, height]);
  const columns = write.constant(transposed(resizeWeights(width, toWidth, interpolation), width), [
    width,
    toWidth,
  ]);
  const first = write.op('Transpose', [tensor], [batch, channels, height, width], { perm: [0, 3, 1, 2] });
  const tall = write.op('MatMul', [rows, first], [batch, channels, toHeight, width]);
  const wide = write.op('MatMul', [tall, columns], [batch, channels, toHeight, toWidth]);
  return write.op('Transpose', [wide], [batch, toHeight, toWidth, channels], { perm: [0, 2, 3, 1] });
}

const transposed = (data: Float32Array, columns: number): Float32Array => {
  const rows = data.length / columns;
  return Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
  );
};
