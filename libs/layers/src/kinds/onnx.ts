import { decodeModel, type Graph } from '@noema/onnx';
import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import { shapeText } from '../value.js';

/** Versions of the standard operators that graphs are written in here. */
const OPSETS = { oldest: 18, newest: 20 } as const;

/**
 * A custom layer, given as an ONNX graph: `model` is the file in base64. Its inputs and outputs are float32
 * [batch, ...sizes], channels last. Its float32 constants of at least one dimension are the layer's
 * parameters, initialised with these values.
 */
export const onnxLayer: LayerKind = {
  key: 'Onnx',
  create(config) {
    const graph = read(config);
    const shapes = (
      ends: readonly { readonly name: string; readonly dims?: readonly (number | string)[] }[],
      what: string,
    ): number[][] => ends.map(({ name, dims }) => readShape(config, `${what} "${name}"`, dims));
    const takes = shapes(graph.inputs, 'input');
    const gives = shapes(graph.outputs, 'output');
    const weights = [...graph.initializers].filter(
      ([, { dataType, dims }]) => dataType === 'float32' && dims.length > 0,
    );
    return {
      role: 'learned',
      activation: 'linear',
      call(scope, inputs) {
        if (inputs.length !== takes.length)
          throw scope.fail(`has an ONNX graph with ${takes.length} inputs; ${inputs.length} are connected`);
        const values = inputs.map((input) => scope.last(input));
        const odd = values.findIndex(({ shape }, i) => shape.join() !== takes[i]!.join());
        if (odd >= 0)
          throw scope.fail(
            `has an ONNX graph whose input "${graph.inputs[odd]!.name}" takes ` +
              `${shapeText(takes[odd]!)}; ${shapeText(values[odd]!.shape)} is connected`,
          );
        const known = new Map([
          ...graph.inputs.map(({ name }, i) => [name, values[i]!.tensor] as const),
          ...weights.map(
            ([name, { dims, data }]) =>
              [
                name,
                scope.parameter(name.replaceAll(/[^\w.-]/g, '_'), dims, {
                  initializer: () => (data as Float32Array).slice(),
                }),
              ] as const,
          ),
        ]);
        return scope
          .splice(graph, known)
          .map((tensor, i) => ({ tensor, shape: gives[i]!, layout: 'last' as const }));
      },
    };
  },
};

function read(config: LayerConfig): Graph {
  const model = config.raw('model');
  if (typeof model !== 'string' || model === '')
    throw config.fail('has no model; give an ONNX file in base64');
  const graph = config.inContext('model', () => decodeModel(Buffer.from(model, 'base64')));
  const opset = graph.opset ?? OPSETS.newest;
  if (opset < OPSETS.oldest || opset > OPSETS.newest)
    throw config.fail(
      `has an ONNX graph of opset ${opset}; export it with ${OPSETS.oldest} to ${OPSETS.newest}`,
    );
  if (graph.inputs.length === 0 || graph.outputs.length === 0)
    throw config.fail('has an ONNX graph without inputs or outputs');
  const foreign = graph.nodes.find(
    ({ domain, attributes }) =>
      domain !== undefined ||
      Object.values(attributes).some((value) => typeof value === 'object' && 'graph' in value),
  );
  if (foreign !== undefined)
    throw config.fail(
      'has an ONNX graph with operator ' +
        `${foreign.domain ?? ''}${foreign.domain === undefined ? '' : '::'}${foreign.opType}; only ` +
        'standard operators without subgraphs may be in a layer',
    );
  return graph;
}

function readShape(
  config: LayerConfig,
  what: string,
  dims: readonly (number | string)[] | undefined,
): number[] {
  const sizes = dims?.slice(1) ?? [];
  if (
    dims === undefined ||
    dims.length === 0 ||
    typeof dims[0] === 'number' ||
    !sizes.every((size) => typeof size === 'number')
  ) {
    throw config.fail(
      `has an ONNX graph whose ${what} is [${dims?.join(', ') ?? 'unknown'}]; give it an open batch and ` +
        'known sizes',
    );
  }
  return sizes;
}
