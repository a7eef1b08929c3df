import {
  type CompiledModel,
  parseInitializer,
  isWithin,
  type LayerInfo,
  type ModelOutput,
  parameterSpec,
} from '@noema/layers';
import { type Attributes, type Dim, GraphBuilder, prune, listReads } from '@noema/onnx';
import type { Adaptation, ClassOrder, NewHead } from './adaptation.js';
import { outputPositions, outputUnknown } from './adaptation.errors.js';
import { findFeatures, type HeadFeatures } from './head.features.js';

/** Kind of the layer that replaces a head. */
const HEAD_KIND = 'Dense';

/**
 * The model with its adaptations applied, in their order. Throws `unsupported` HEAD_NOT_FOUND,
 * HEAD_OF_POSITIONS, `invalid` LAYER_UNKNOWN, OUTPUT_UNKNOWN.
 */
export const adaptedModel = (model: CompiledModel, adaptations: readonly Adaptation[]): CompiledModel =>
  adaptations.reduce(
    (adapted, one) => (one.kind === 'head' ? withHead(adapted, one) : withOrder(adapted, one)),
    model,
  );

/** Names of the layers that adaptations added, in the order of the adaptations. */
export function headNames({ summary }: Pick<CompiledModel, 'summary'>): string[] {
  return summary.filter(({ config }) => config['replaces_head'] === true).map(({ name }) => name);
}

function findOutput({ outputs }: CompiledModel, name: string): ModelOutput {
  const output = outputs.find((one) => one.name === name);
  if (output === undefined)
    throw outputUnknown(
      name,
      outputs.map((one) => one.name),
    );
  return output;
}

/** Writes operators with their shapes at the end of a model. */
class TailWriter {
  readonly shapes: Map<string, readonly Dim[]>;
  readonly builder: GraphBuilder;

  constructor(model: CompiledModel) {
    this.shapes = new Map(model.shapes);
    this.builder = new GraphBuilder(model.graph);
  }

  op(opType: string, inputs: readonly string[], dims: readonly Dim[], attributes: Attributes = {}): string {
    const output = this.builder.op(opType, inputs, attributes);
    this.shapes.set(output, dims);
    return output;
  }

  list(values: readonly number[]): string {
    const name = this.builder.constant(values);
    this.shapes.set(name, [values.length]);
    return name;
  }
}

function withHead(model: CompiledModel, head: NewHead): CompiledModel {
  const output = findOutput(model, head.output);
  if (output.dims.length > 2 && head.after === undefined) throw outputPositions(output.name, output.dims);
  const features = findFeatures(model, output, head.after);
  const base = upTo(model, features.tensor);
  const name = freeName(model);
  const write = new TailWriter(base);
  const kernel = parameterSpec(name, 'kernel', [features.units, head.units], {
    initializer: parseInitializer('glorot_uniform'),
  });
  const bias = parameterSpec(name, 'bias', [head.units], { initializer: parseInitializer('zeros') });
  for (const spec of [kernel, bias]) {
    write.builder.input(spec.name, spec.graphDims);
    write.shapes.set(spec.name, spec.graphDims);
  }
  const dims: readonly Dim[] = ['n', head.units];
  const logits = write.op('Gemm', [vector(write, features), kernel.name, bias.name], dims);
  const tensor =
    head.activation === 'softmax'
      ? write.op('Softmax', [logits], dims, { axis: -1 })
      : head.activation === 'sigmoid'
        ? write.op('Sigmoid', [logits], dims)
        : logits;
  write.builder.output(tensor, dims);
  const layer: LayerInfo = {
    name,
    kind: HEAD_KIND,
    units: head.units,
    activation: head.activation === 'sigmoid' ? tensor : logits,
    dims,
    unitAxis: 1,
    positionAxes: [],
    spatial: [],
    isConvolution: false,
    parameters: [kernel.name, bias.name],
  };
  return {
    ...base,
    graph: write.builder.build(),
    outputs: [
      {
        name: output.name,
        tensor,
        dims,
        ...(head.activation === 'linear' ? {} : { logits, nonLinearity: head.activation }),
        ...(head.classNames.length === 0 ? {} : { classNames: head.classNames }),
      },
    ],
    parameters: [...base.parameters, kernel, bias],
    layers: [...base.layers, layer],
    summary: [
      ...base.summary,
      {
        name,
        kind: HEAD_KIND,
        outputDims: [head.units],
        parameterCount: (features.units + 1) * head.units,
        config: {
          units: head.units,
          activation: head.activation,
          replaces_head: true,
          ...(head.after === undefined ? {} : { after: head.after }),
        },
      },
    ],
    shapes: write.shapes,
    ...(base.owners && {
      owners: new Map([...base.owners, ...[logits, tensor].map((one) => [one, name] as const)]),
    }),
  };
}

/** The features of a sample as one vector [n, units]: the mean over positions. */
function vector(write: TailWriter, { tensor, units, positionAxes }: HeadFeatures): string {
  if (positionAxes.length === 0) return tensor;
  return write.op('ReduceMean', [tensor, write.list(positionAxes)], ['n', units], { keepdims: 0 });
}

/** The part of a model that a tensor needs, with the layers, weights and updates in it and no output. */
function upTo(model: CompiledModel, tensor: string): CompiledModel {
  const needed = prune(model.graph, [tensor]);
  const written = new Set(needed.nodes.flatMap(({ outputs }) => outputs));
  const used = new Set(needed.nodes.flatMap((node) => listReads(node)));
  // Moving statistics are read by their updates alone while a layer is trained.
  const owners = [...written].flatMap((name) => model.owners?.get(name)?.replace(/:\d+$/, '') ?? []);
  const owning = [...new Set(owners)];
  const parameters = model.parameters.filter(({ name, layer }) => used.has(name) || isWithin(layer, owning));
  const layers = model.layers.filter(
    ({ activation, parameters: weights }) =>
      written.has(activation) || (weights.length > 0 && weights.every((name) => used.has(name))),
  );
  const own = new Set(parameters.map(({ name }) => name));
  const updates = model.updates.filter(({ parameter }) => own.has(parameter));
  // Responses and moving statistics may be tensors that the features do not need.
  const graph = prune(model.graph, [
    tensor,
    ...layers.map(({ activation }) => activation),
    ...updates.map((update) => update.tensor),
  ]);
  const kept = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  const names = new Set([...layers.map(({ name }) => name), ...parameters.map(({ layer }) => layer)]);
  for (const [written_, owner] of model.owners ?? []) if (kept.has(written_)) names.add(owner);
  const data = new Set(model.inputs.map(({ name }) => name));
  const summary = model.summary.filter(({ name }) => names.has(name) || data.has(name));
  const known = new Set(summary.map(({ name }) => name));
  return {
    ...model,
    // An input that the features do not need stays: clients send all of them.
    graph: {
      ...graph,
      inputs: model.graph.inputs.filter(
        ({ name }) => data.has(name) || graph.inputs.some((one) => one.name === name),
      ),
      outputs: [],
    },
    outputs: [],
    parameters,
    layers,
    updates,
    masks: model.masks.filter(({ name }) => graph.inputs.some((one) => one.name === name)),
    trainingOnly: model.trainingOnly.filter(({ layer }) => known.has(layer)),
    summary,
  };
}

/** `head`, with a number where a layer has this name. */
function freeName({ summary, parameters }: CompiledModel): string {
  const taken = new Set([...summary.map(({ name }) => name), ...parameters.map(({ layer }) => layer)]);
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'head' : `head_${n}`;
    if (!taken.has(name)) return name;
  }
}

function withOrder(model: CompiledModel, { output: name, order, classNames }: ClassOrder): CompiledModel {
  const output = findOutput(model, name);
  const write = new TailWriter(model);
  const indices = write.list(order);
  const permuted = (tensor: string): string =>
    write.op('Gather', [tensor, indices], output.dims, { axis: output.dims.length - 1 });
  const tensor = permuted(output.tensor);
  const changed: ModelOutput = {
    ...output,
    tensor,
    classNames,
    ...(output.logits === undefined ? {} : { logits: permuted(output.logits) }),
  };
  const outputs = model.outputs.map((one) => (one === output ? changed : one));
  const graph = write.builder.build();
  return {
    ...model,
    graph: {
      ...graph,
      outputs: outputs.map(({ tensor: end, dims }) => ({ name: end, dataType: 'float32' as const, dims })),
    },
    outputs,
    shapes: write.shapes,
  };
}
