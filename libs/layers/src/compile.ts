import { elementCount } from '@noema/onnx';
import type { CompiledModel, LayerSummary, ModelOutput } from './compiled-model.js';
import { locateActivations } from './layer.activations.js';
import { type CallRecord, ModelCaller } from './model.caller.js';
import { type CompileMode, ModelWriter } from './model.writer.js';
import { parseTopology } from './topology.parser.js';
import { toDims, type Value } from './value.js';

export interface CompileOptions {
  readonly mode: CompileMode;
  /**
   * Names of layers that are not trained, with all layers inside them. Their normalisation uses and keeps its
   * moving statistics, as in Keras. Default: none.
   */
  readonly frozen?: readonly string[];
}

/**
 * Compiles a model in the layers format of TF.js or Keras (`model.toJSON()`, its text, a model.json, Keras 2
 * or 3 JSON) into one ONNX graph. The graph's inputs are the model's inputs as users give them (float32,
 * channels last, batch `n`), then its parameters, then in training the random masks. Throws `invalid`
 * MODEL_INVALID, LAYER_KIND_UNKNOWN or LAYER_INVALID, each naming the layer, the value and what to do.
 */
export function compileLayers(topology: unknown, { mode, frozen }: CompileOptions): CompiledModel {
  const model = parseTopology(topology);
  const writer = new ModelWriter(mode, model.name, undefined, frozen);
  const caller = new ModelCaller(writer, model);
  const inputs = caller.openInputs();
  const results = caller.call(inputs);
  const names = nameOutputs(model.outputs.map(({ layer }) => layer));
  const outputs = results.map((result, i) => describeOutput(writer, names[i]!, result));
  return {
    name: model.name,
    graph: writer.build(),
    inputs: inputs.map((value) => ({ name: value.tensor, dims: toDims(value) })),
    outputs,
    parameters: [...writer.parameters.values()],
    layers: locateActivations(caller.records, results, writer.logits),
    summary: [
      ...inputs.map(
        ({ tensor, shape }): LayerSummary => ({
          name: tensor,
          kind: 'InputLayer',
          outputDims: shape,
          parameterCount: 0,
          config: { batch_input_shape: [null, ...shape] },
          inputs: [],
        }),
      ),
      ...caller.records.map((record) => summarize(writer, record)),
    ],
    masks: writer.masks,
    updates: [...writer.updates].map(([parameter, tensor]) => ({ parameter, tensor })),
    trainingOnly: [...writer.trainingOnly.values()],
    shapes: writer.shapes,
    owners: writer.owners,
  };
}

/**
 * Names outputs by their layers. A further output of one layer, such as a head that is called twice, has the number of
 * its earlier ones: `head`, `head_1`, as Keras names them.
 */
function nameOutputs(layers: readonly string[]): string[] {
  const taken = new Set(layers);
  const seen = new Set<string>();
  return layers.map((layer) => {
    let name = layer;
    if (seen.has(layer)) for (let i = 1; taken.has(name); i++) name = `${layer}_${i}`;
    seen.add(layer);
    taken.add(name);
    return name;
  });
}

function describeOutput(writer: ModelWriter, name: string, result: Value): ModelOutput {
  const value = writer.asOutput(result);
  const described = { name, tensor: value.tensor, dims: toDims(value) };
  const logits = writer.logits.get(result.tensor);
  if (logits === undefined) return described;
  return { ...described, logits: writer.as('last', logits.value).tensor, nonLinearity: logits.nonLinearity };
}

const summarize = (
  writer: ModelWriter,
  { name, kind, config, inputs, output, parameters }: CallRecord,
): LayerSummary => ({
  name,
  kind,
  config,
  inputs: [...new Set(inputs.flatMap(({ from }) => from ?? []))],
  outputDims: output.shape,
  parameterCount: parameters.reduce(
    (sum, parameter) => sum + elementCount(writer.parameters.get(parameter)!.dims),
    0,
  ),
});
