import { gradientRules, gradientStops } from '@noema/autodiff';
import type { Graph, Node } from '@noema/onnx';
import { fileInvalid, operatorsUnknown } from '../import.errors.js';
import { isRewritten } from './learning.operators.js';

/** Operators that run forward only. */
const FORWARD: readonly string[] = [
  'Det',
  'DequantizeLinear',
  'GlobalLpPool',
  'GridSample',
  // One branch of each is kept.
  'If',
  'LpPool',
  'MeanVarianceNormalization',
  'Mod',
  'QuantizeLinear',
  'Shrink',
  // Of older versions; rewritten to others.
  'Scatter',
  'Upsample',
];
/** Their results differ from call to call, or have sizes that only the data know. */
const REFUSED: ReadonlySet<string> = new Set([
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Bernoulli',
  'Multinomial',
  'NonZero',
  'NonMaxSuppression',
]);
const KNOWN: ReadonlySet<string> = new Set(
  [...gradientRules.keys(), ...gradientStops, ...FORWARD].filter((name) => !REFUSED.has(name)),
);

/** Inputs that say how large a result is, by operator. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Expand: [1],
  Tile: [1],
  ConstantOfShape: [0],
  Range: [0, 1, 2],
  Resize: [2, 3],
  Pad: [1],
  Slice: [1, 2, 4],
  TopK: [1],
  OneHot: [1],
  Split: [1],
};

/**
 * Throws `unsupported` MODEL_OPERATOR_UNSUPPORTED that names all of them, `invalid` MODEL_FILE_INVALID for
 * training modes and for sizes that depend on the data.
 */
export function checkOperators(graph: Graph): void {
  const all = listNodes(graph);
  const unknown = new Set(
    all
      .filter((node) => !isRewritten(node) && (node.domain !== undefined || !KNOWN.has(node.opType)))
      .map(({ domain, opType }) => (domain === undefined ? opType : `${domain}::${opType}`)),
  );
  if (unknown.size > 0)
    throw operatorsUnknown(
      [...unknown]
        .sort()
        .slice(0, 20)
        .map((name) => name.slice(0, 100)),
    );
  const training = all.find(
    ({ opType, attributes, inputs }) =>
      attributes['training_mode'] === 1 || (opType === 'Dropout' && (inputs[2] ?? '') !== ''),
  );
  if (training !== undefined)
    throw fileInvalid(`operator ${training.opType} is in training mode; export the model for inference`);
  const valued = new Set(graph.inputs.map(({ name }) => name));
  for (const { opType, inputs, outputs } of graph.nodes) {
    const sized = (SIZES[opType] ?? []).map((i) => inputs[i] ?? '').find((name) => valued.has(name));
    if (sized !== undefined)
      throw fileInvalid(
        `operator ${opType} (it makes "${outputs[0] ?? ''}") takes its size from the data, by ` +
          `"${sized}"; export the model with fixed sizes`,
      );
    if (opType !== 'Shape' && opType !== 'Size' && inputs.some((name) => valued.has(name)))
      for (const output of outputs) valued.add(output);
  }
}

function listNodes(graph: Graph): Node[] {
  return graph.nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((value) =>
      typeof value === 'object' && 'graph' in value ? listNodes(value.graph) : [],
    ),
  ]);
}
