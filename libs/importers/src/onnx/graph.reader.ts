import type { LayerInfo, LayerSummary, ModelOutput } from '@noema/layers';
import {
  type Attribute,
  type Dim,
  elementCount,
  type Graph,
  GraphBuilder,
  type Node,
  prune,
} from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';
import type { ImportedModel, ImportOptions, LayerOutput } from '../importer.js';
import { findActivation, type ActivationTensor } from './activation.finder.js';
import { withoutBranches } from './branches.js';
import { inFloat32 } from './float.types.js';
import { withoutLearningOperators } from './learning.operators.js';
import { dequantised } from './quantised.weights.js';
import { compileGraph, graphArtifact, type StoredParameter } from './graph.model.js';
import { GraphLinks, withReads } from './graph.links.js';
import { keptOutputs, opened } from './graph.opener.js';
import { describeNamed, layersBehind, type NamedLayer, withNamedLayers } from './layer.outputs.js';
import { type LearnedNode, learnedNodes } from './learned.nodes.js';
import { withInputShapes } from './input.shapes.js';
import { checkOperators } from './onnx.operators.js';
import { upgraded } from './opset.upgrade.js';
import { withStatesTurned } from './recurrent.states.js';
import { type SampleView, sampleView } from './sample.view.js';
import { probeShapes } from './shape.probe.js';

/** Maximum size of the topology without the weights. */
const MAX_GRAPH_BYTES = 32 * 2 ** 20;

/**
 * Makes a model of a graph of standard operators, whatever file it was in. Throws as `Importer.read`.
 */
export async function readGraph(given: Graph, options: ImportOptions): Promise<ImportedModel> {
  const file = withInputShapes(withStatesTurned(given), options.inputShapes ?? {});
  const kept = keptOutputs(file, options.outputs ?? []);
  const used = kept.length === file.outputs.length ? file : withOutputs(file, kept, options.layers ?? []);
  checkOperators(used);
  const straight = await withoutBranches(used);
  checkOperators(straight);
  const standard = inFloat32(withoutLearningOperators(straight));
  const { graph, layers } =
    options.layers === undefined ? { graph: standard } : withNamedLayers(standard, options.layers, kept);
  const names = options.outputName === undefined ? kept : [options.outputName, ...kept.slice(1)];
  const modern = dequantised(upgraded(graph));
  const measured = await withShapes(opened(modern, { ...options, outputs: kept }));
  const classes = kept.map((name) => file.classNames?.get(name));
  return toModel(measured, { names, classes }, layers);
}

/** The part of a graph that some of its outputs need; unknown names of layers get their error later. */
function withOutputs(graph: Graph, kept: readonly string[], layers: readonly LayerOutput[]): Graph {
  const known = new Set(graph.outputs.map(({ name }) => name));
  const named = layers.map(({ output }) => output).filter((name) => known.has(name));
  return prune(graph, [...kept, ...named]);
}

interface Measured {
  readonly graph: Graph;
  readonly shapes: Map<string, readonly Dim[]>;
}

const withShapes = async (graph: Graph): Promise<Measured> => ({ graph, shapes: await probeShapes(graph) });

interface Found extends LearnedNode {
  /** Tensor that shows its units. */
  readonly activation: string;
  readonly view: SampleView | undefined;
}

/** Names of the outputs, and of their classes. */
interface OutputLabels {
  readonly names: readonly string[];
  readonly classes: readonly (readonly string[] | undefined)[];
}

/** The model of a graph, with the layers that are found in it, or the named ones in their place. */
function toModel(
  { graph, shapes }: Measured,
  { names, classes }: OutputLabels,
  asked: readonly NamedLayer[] | undefined,
): ImportedModel {
  const links = new GraphLinks(graph);
  const allLearned = learnedNodes(links);
  const named = asked && namedLayers(asked, allLearned, links);
  const found = (named?.learned ?? allLearned).map((learned): Found => {
    if (!learned.hasUnits || named !== undefined)
      return { ...learned, activation: learned.node.outputs[0]!, view: undefined };
    const shown = shownBy(learned.node, links, shapes);
    return { ...learned, activation: shown.tensor, view: findView(learned.node, shown, shapes) };
  });
  if (named === undefined && !found.some(({ view }) => view !== undefined))
    throw fileInvalid(
      'it has no layer with learned weights whose units answer to each sample; at least one Conv, Gemm, ' +
        'MatMul, LSTM, GRU, RNN, ensemble of trees or embedding is needed',
    );
  const stored = new Map(
    found.flatMap(({ name, constants }) =>
      numbered(constants).map(
        ({ tensor, weight, first, trainable }) =>
          [
            tensor,
            { layer: name, weight, first, trainable, dims: graph.initializers.get(tensor)!.dims },
          ] as const,
      ),
    ),
  );
  const parameterNames = new Map(
    [...stored].map(([tensor, { layer, weight }]) => [tensor, `${layer}/${weight}`]),
  );
  const { graph: written, activations } = rewritten(graph, shapes, found, parameterNames);
  const model = {
    name: graph.name,
    inputs: graph.inputs.map(({ name, dims }) => ({ name, dims })),
    outputs: graph.outputs.map(({ name }, i) => {
      const output = toOutput(name, names[i]!, links, shapes);
      const classNames = classes[i];
      return classNames !== undefined && classNames.length === output.dims.at(-1)
        ? { ...output, classNames }
        : output;
    }),
    parameters: [...stored.values()],
    layers:
      named?.describe(shapes) ??
      found.flatMap((layer) =>
        layer.view === undefined ? [] : [toInfo(layer, layer.view, activations.get(layer.activation)!)],
      ),
    summary: [
      ...graph.inputs.map(
        ({ name, dims }): LayerSummary => ({
          name,
          kind: 'Input',
          outputDims: dims.slice(1).map(Number),
          parameterCount: 0,
          config: {},
        }),
      ),
      ...found.map((layer) => toSummary(layer, shapes, stored)),
    ],
    shapes: Object.fromEntries(shapes),
  };
  const artifact = graphArtifact(written, model);
  if (artifact.graph.length > MAX_GRAPH_BYTES)
    throw fileInvalid(
      `its graph without the weights takes ${artifact.graph.length} bytes, and ${MAX_GRAPH_BYTES} are kept`,
    );
  return {
    artifact,
    model: compileGraph(artifact),
    weights: new Map(
      [...parameterNames].map(([tensor, name]) => [
        name,
        graph.initializers.get(tensor)!.data as Float32Array,
      ]),
    ),
  };
}

const KEPT_AS_MADE: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'RNN', 'Gather']);

/**
 * Recurrent operators end with their non-linearity, and an embedding has no non-linearity; of the former, the
 * series where somebody reads it, else its last step.
 */
function shownBy(
  { opType, outputs }: Node,
  links: GraphLinks,
  shapes: ReadonlyMap<string, readonly Dim[]>,
): ActivationTensor {
  const read =
    outputs.find((name) => name !== '' && (links.listReaders(name).length > 0 || links.isOutput(name))) ??
    outputs[0]!;
  const made = { tensor: read, unitAxis: opType.startsWith('Conv') ? 1 : shapes.get(read)!.length - 1 };
  return KEPT_AS_MADE.has(opType) ? made : findActivation(made, links, shapes);
}

function findView(
  { opType }: Node,
  { tensor, unitAxis }: ActivationTensor,
  shapes: ReadonlyMap<string, readonly Dim[]>,
): SampleView | undefined {
  return sampleView(shapes.get(tensor)!, {
    unitAxis,
    merged: KEPT_AS_MADE.has(opType) && opType !== 'Gather',
  });
}

/**
 * The learned nodes under the names of the layers that they are the one origin of, and the descriptions of
 * all named layers. Of several layers that come of one node, the first has its weights.
 */
function namedLayers(
  asked: readonly NamedLayer[],
  learned: readonly LearnedNode[],
  links: GraphLinks,
): {
  readonly learned: readonly LearnedNode[];
  readonly describe: (shapes: ReadonlyMap<string, readonly Dim[]>) => LayerInfo[];
} {
  const withUnits = new Map(learned.flatMap((of) => (of.hasUnits ? [[of.node, of] as const] : [])));
  const names = new Map<Node, string>();
  const origins = asked.map((layer) => {
    const behind = layersBehind(layer.tensor, links, (node) => withUnits.has(node));
    const [only] = behind;
    const owns = behind.length === 1 && !names.has(only!);
    if (owns) names.set(only!, layer.name);
    return { layer, node: owns ? only : undefined, behind };
  });
  const taken = new Set(asked.map(({ name }) => name));
  const free = (name: string): string => (taken.has(name) ? free(`${name}_`) : (taken.add(name), name));
  return {
    learned: learned.map((of) => ({ ...of, name: names.get(of.node) ?? free(of.name) })),
    describe: (shapes) =>
      origins.map(({ layer, node, behind }) =>
        describeNamed(layer, shapes.get(layer.tensor), {
          isConvolution: behind.some(({ opType }) => opType.startsWith('Conv')),
          parameters:
            node === undefined
              ? []
              : numbered(withUnits.get(node)!.constants).map(({ weight }) => `${layer.name}/${weight}`),
        }),
      ),
  };
}

/** Gives every weight of a layer a unique name. */
function numbered(constants: LearnedNode['constants']): LearnedNode['constants'] {
  const count = new Map<string, number>();
  return constants.map((constant) => {
    const n = (count.get(constant.weight) ?? 0) + 1;
    count.set(constant.weight, n);
    return n === 1 ? constant : { ...constant, weight: `${constant.weight}_${n}` };
  });
}

/**
 * The graph with its parameters as inputs, and with activations that do not have a row for each sample led
 * through one that has.
 */
function rewritten(
  graph: Graph,
  shapes: Map<string, readonly Dim[]>,
  found: readonly Found[],
  parameterNames: ReadonlyMap<string, string>,
): { graph: Graph; activations: ReadonlyMap<string, string> } {
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [], initializers: new Map() });
  builder.reserve([
    ...graph.nodes.flatMap(({ outputs }) => outputs),
    ...graph.initializers.keys(),
    ...parameterNames.values(),
  ]);
  const names = new Map(parameterNames);
  const parameters = new Set(parameterNames.values());
  for (const [constant, tensor] of graph.initializers) {
    if (parameterNames.has(constant)) continue;
    // A constant may have the name that a parameter gets.
    const name = parameters.has(constant) ? builder.fresh(constant) : constant;
    builder.initializer(name, tensor);
    names.set(constant, name);
    shapes.set(name, tensor.dims);
  }
  for (const [tensor, name] of parameterNames) {
    const { dims } = graph.initializers.get(tensor)!;
    builder.input(name, dims);
    shapes.set(name, dims);
  }
  const views = new Map(
    found.flatMap(({ activation, view }) => (view === undefined ? [] : [[activation, view] as const])),
  );
  const activations = new Map<string, string>();
  for (const node of graph.nodes) {
    builder.add(withReads(node, names));
    for (const output of node.outputs) {
      const view = views.get(output);
      if (view === undefined) continue;
      const shown = view.there(builder, output);
      const back = view.back?.(builder, shown);
      activations.set(output, shown);
      shapes.set(shown, view.dims);
      if (back === undefined) continue;
      names.set(output, back);
      shapes.set(back, shapes.get(output)!);
    }
  }
  for (const { name } of graph.outputs) builder.output(name, shapes.get(name));
  return { graph: builder.build(), activations };
}

function toOutput(
  tensor: string,
  name: string,
  links: GraphLinks,
  shapes: ReadonlyMap<string, readonly Dim[]>,
): ModelOutput {
  const dims = shapes.get(tensor)!;
  const maker = links.findMaker(tensor);
  const given = { name, tensor, dims };
  const logits = maker?.inputs[0];
  const axis = maker?.attributes['axis'] ?? -1;
  if (maker?.opType === 'Sigmoid') return { ...given, logits: logits!, nonLinearity: 'sigmoid' };
  return maker?.opType === 'Softmax' && (axis === -1 || axis === dims.length - 1)
    ? { ...given, logits: logits!, nonLinearity: 'softmax' }
    : given;
}

function toInfo(
  { name, node, constants }: Found,
  { dims, unitAxis }: SampleView,
  activation: string,
): LayerInfo {
  const positionAxes = dims.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== unitAxis);
  return {
    name,
    kind: toKind(node),
    units: Number(dims[unitAxis]),
    activation,
    dims,
    unitAxis,
    positionAxes,
    spatial: positionAxes.map((axis) => Number(dims[axis])),
    isConvolution: node.opType.startsWith('Conv'),
    parameters: numbered(constants).map(({ weight }) => `${name}/${weight}`),
  };
}

function toSummary(
  { name, node, activation, view }: Found,
  shapes: ReadonlyMap<string, readonly Dim[]>,
  stored: ReadonlyMap<string, StoredParameter>,
): LayerSummary {
  const dims = view?.dims ?? shapes.get(activation)!;
  const units = view?.unitAxis ?? (node.opType === 'LayerNormalization' ? dims.length - 1 : 1);
  const last = dims.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== units);
  return {
    name,
    kind: toKind(node),
    outputDims: [...last, ...(units > 0 && units < dims.length ? [units] : [])].map((axis) =>
      typeof dims[axis] === 'number' ? dims[axis] : -1,
    ),
    parameterCount: [...stored.values()]
      .filter(({ layer }) => layer === name)
      .reduce((sum, parameter) => sum + elementCount(parameter.dims), 0),
    config: Object.fromEntries(
      Object.entries(node.attributes).flatMap(([key, value]) =>
        toSetting(value) === undefined ? [] : [[key, toSetting(value)]],
      ),
    ),
  };
}

const toKind = ({ opType }: Node): string => (opType === 'Gather' ? 'Embedding' : opType);

/** Longer lists are weights, such as the nodes of trees. */
const MAX_SETTING = 64;

function toSetting(value: Attribute): unknown {
  if (typeof value !== 'object') return value;
  if ('float' in value) return value.float;
  if ('tensor' in value || 'graph' in value) return undefined;
  const list = 'floats' in value ? value.floats : value;
  return list.length > MAX_SETTING ? undefined : list;
}
