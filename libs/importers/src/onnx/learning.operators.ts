import { type Attribute, float32, type Graph, GraphBuilder, type Node } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';
import { writeTreeClassifier, writeTreeRegressor } from './tree.ensembles.js';

const DOMAIN = 'ai.onnx.ml';

/** Writes what an operator computes by standard ones into its first or second output. */
type Writer = (node: Node, builder: GraphBuilder) => void;

const floatsIn = (value: Attribute | undefined): readonly number[] =>
  typeof value === 'object' && 'floats' in value ? value.floats : [];

/** (x − offset) · scale. */
const scaler: Writer = ({ inputs, outputs, attributes }, builder) => {
  const x = builder.op('Cast', [inputs[0]!], { to: 1 });
  const moved = builder.op('Sub', [x, builder.constant(float32(floatsIn(attributes['offset'])))]);
  builder.op('Mul', [moved, builder.constant(float32(floatsIn(attributes['scale'])))], {}, outputs[0]);
};

/** Rows of coefficients, one for each score or target. */
function scores({ opType, inputs, attributes }: Node, builder: GraphBuilder): string {
  const intercepts = floatsIn(attributes['intercepts']);
  const coefficients = floatsIn(attributes['coefficients']);
  const targets = typeof attributes['targets'] === 'number' ? attributes['targets'] : intercepts.length;
  if (targets === 0 || coefficients.length % targets !== 0)
    throw fileInvalid(`operator ${opType} has ${coefficients.length} coefficients for ${targets} scores`);
  const x = builder.op('Cast', [inputs[0]!], { to: 1 });
  const weight = builder.constant(float32(coefficients, [targets, coefficients.length / targets]));
  const bias = intercepts.length === 0 ? [] : [builder.constant(float32(intercepts))];
  return builder.op('Gemm', [x, weight, ...bias], { transB: 1 });
}

const TRANSFORMS: Readonly<Record<string, readonly [opType: string, attributes: Node['attributes']]>> = {
  NONE: ['Identity', {}],
  LOGISTIC: ['Sigmoid', {}],
  SOFTMAX: ['Softmax', { axis: -1 }],
};

function transformed(node: Node, builder: GraphBuilder, [from, output]: readonly [string, string]): void {
  const { post_transform: transform = 'NONE' } = node.attributes;
  const written = typeof transform === 'string' ? TRANSFORMS[transform] : undefined;
  if (written === undefined)
    throw fileInvalid(
      `operator ${node.opType} has post_transform ${JSON.stringify(transform)}; known: NONE, LOGISTIC, SOFTMAX`,
    );
  builder.op(written[0], [from], written[1], output);
}

const linearRegressor: Writer = (node, builder) => {
  transformed(node, builder, [scores(node, builder), node.outputs[0]!]);
};

/** The probabilities; the labels are left out, because they are what the highest of these says. */
const linearClassifier: Writer = (node, builder) => {
  const [labels, output] = node.outputs;
  if ((labels ?? '') !== '') builder.reserve([labels!]);
  const from = scores(node, builder);
  const classes = Object.entries(node.attributes).find(
    ([name, value]) => name.startsWith('classlabels') && Array.isArray(value) && value.length > 0,
  );
  if (
    (classes?.[1] as readonly unknown[] | undefined)?.length === 2 &&
    floatsIn(node.attributes['intercepts']).length === 1
  )
    throw fileInvalid(
      'operator LinearClassifier has one score for two classes; export it with a score for each',
    );
  transformed(node, builder, [from, output!]);
};

/** x divided by a norm of its row. */
const normalizer: Writer = ({ inputs, outputs, attributes }, builder) => {
  const { norm = 'MAX' } = attributes;
  const x = builder.op('Cast', [inputs[0]!], { to: 1 });
  const reduce = { L1: 'ReduceL1', L2: 'ReduceL2' }[norm as string];
  const size =
    reduce === undefined
      ? builder.op('ReduceMax', [builder.op('Abs', [x]), builder.constant([1])], { keepdims: 1 })
      : builder.op(reduce, [x, builder.constant([1])], { keepdims: 1 });
  builder.op('Div', [x, size], {}, outputs[0]);
};

const WRITERS: ReadonlyMap<string, Writer> = new Map([
  ['Scaler', scaler],
  ['LinearRegressor', linearRegressor],
  ['LinearClassifier', linearClassifier],
  ['Normalizer', normalizer],
  ['TreeEnsembleClassifier', (node, builder) => writeTreeClassifier(node, builder, transformed)],
  ['TreeEnsembleRegressor', (node, builder) => writeTreeRegressor(node, builder, transformed)],
]);

/** True for an operator of scikit-learn's exporter that standard ones, or trees with a score each, replace. */
export const isRewritten = ({ domain, opType }: Node): boolean => domain === DOMAIN && WRITERS.has(opType);

/**
 * The graph with the linear models and scalers of `ai.onnx.ml` in standard operators of version 20, and
 * ensembles of trees as one operator whose outputs are the scores of single trees.
 */
export function withoutLearningOperators(graph: Graph): Graph {
  if (!graph.nodes.some(isRewritten)) return graph;
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] });
  builder.reserve(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes)
    if (isRewritten(node)) WRITERS.get(node.opType)!(node, builder);
    else builder.add(node);
  return { ...graph, ...builder.build(), outputs: graph.outputs };
}
