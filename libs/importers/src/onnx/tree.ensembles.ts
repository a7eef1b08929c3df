import { type Attribute, float32, type GraphBuilder, int64, type Node } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

/** Maximum number of scores of single trees; each is a unit. */
const MAX_SCORES = 65_536;

/** Attributes that describe the nodes of the trees, taken over unchanged. */
const TREE: readonly string[] = [
  'nodes_falsenodeids',
  'nodes_featureids',
  'nodes_missing_value_tracks_true',
  'nodes_modes',
  'nodes_nodeids',
  'nodes_treeids',
  'nodes_truenodeids',
  'nodes_values',
];

const numbers = ({ opType, attributes }: Node, name: string): readonly number[] => {
  const value = attributes[name];
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((one): one is number => typeof one === 'number')) return value;
  if (typeof value === 'object' && 'floats' in value) return value.floats;
  throw fileInvalid(`operator ${opType} has ${name} that are no numbers`);
};

const count = (value: Attribute | undefined): number =>
  typeof value === 'object' && 'floats' in value
    ? value.floats.length
    : Array.isArray(value)
      ? value.length
      : 0;

/** Scores at the leaves of trees: a row for each. */
interface Leaves {
  readonly trees: readonly number[];
  readonly nodes: readonly number[];
  /** Class or target of the score. */
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

function readLeaves(node: Node, prefix: 'class' | 'target', targets: number): Leaves {
  const leaves = {
    trees: numbers(node, `${prefix}_treeids`),
    nodes: numbers(node, `${prefix}_nodeids`),
    targets: numbers(node, `${prefix}_ids`),
    weights: numbers(node, `${prefix}_weights`),
  };
  const sizes = Object.values(leaves).map(({ length }) => length);
  if (sizes[0] === 0 || sizes.some((size) => size !== sizes[0]))
    throw fileInvalid(
      `operator ${node.opType} has scores of leaves in lists of ${sizes.join(', ')} numbers; export it with ` +
        'attributes of single precision',
    );
  const odd = leaves.targets.find((target) => target < 0 || target >= targets);
  if (odd !== undefined)
    throw fileInvalid(`operator ${node.opType} has a score for ${odd}, and ${targets} classes or targets`);
  return leaves;
}

/** The runtime follows children without looking: every node has at most one parent, and a root none. */
function checkTrees(node: Node): void {
  const [trees, ids] = [numbers(node, 'nodes_treeids'), numbers(node, 'nodes_nodeids')];
  const modes = node.attributes['nodes_modes'];
  const sizes = TREE.filter((name) => name !== 'nodes_missing_value_tracks_true').map((name) =>
    count(node.attributes[name]),
  );
  if (!Array.isArray(modes) || trees.length === 0 || sizes.some((size) => size !== trees.length))
    throw fileInvalid(
      `operator ${node.opType} describes its ${trees.length} nodes by lists of ${sizes.join(', ')}; export ` +
        'it with attributes of single precision',
    );
  const known = new Set(ids.map((id, i) => `${trees[i]}/${id}`));
  const children = new Set<string>();
  const broken = (why: string): Error => fileInvalid(`operator ${node.opType} has a tree ${why}`);
  const branches = ['nodes_truenodeids', 'nodes_falsenodeids'].map((name) => numbers(node, name));
  trees.forEach((tree, i) => {
    if (modes[i] === 'LEAF') return;
    for (const branch of branches) {
      const child = `${tree}/${branch[i]}`;
      if (!known.has(child) || children.has(child))
        throw broken(`in which node ${ids[i]} leads to node ${branch[i]}, which is missing or has a parent`);
      children.add(child);
    }
  });
  const roots = new Map(trees.map((tree, i) => [tree, `${tree}/${ids[i]}`] as const).toReversed());
  for (const [tree, root] of roots) if (children.has(root)) throw broken(`(${tree}) without a root`);
  const odd = numbers(node, 'nodes_featureids').find((feature) => feature < 0);
  if (odd !== undefined) throw broken(`that compares feature ${odd}`);
}

/**
 * Writes the scores of single trees as one operator, and their sums for each class or target behind it, so
 * that the trees are the units of a layer. Returns the sums.
 */
function writeSums(
  node: Node,
  leaves: Leaves,
  {
    builder,
    targets,
    name,
  }: { readonly builder: GraphBuilder; readonly targets: number; readonly name: string },
): string {
  checkTrees(node);
  // Units are pairs of a class and a tree that scores it, by class.
  const pairs = [
    ...new Map(
      leaves.targets.map((target, i) => [`${target}/${leaves.trees[i]}`, [target, leaves.trees[i]!]]),
    ),
  ].sort(([, [a, s]], [, [b, t]]) => a! - b! || s! - t!);
  if (pairs.length > MAX_SCORES)
    throw fileInvalid(
      `operator ${node.opType} has ${pairs.length} scores of single trees, and at most ${MAX_SCORES} are kept`,
    );
  const units = new Map(pairs.map(([key], unit) => [key, unit]));
  const features = Math.max(...numbers(node, 'nodes_featureids')) + 1;
  const x = builder.op('Cast', [node.inputs[0]!], { to: 1 });
  // Rejects inputs with fewer features, which the runtime would read beyond.
  const used = builder.op('Gather', [x, builder.constant([...Array(features).keys()])], { axis: 1 });
  builder.add({
    opType: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [used],
    outputs: [name],
    attributes: {
      ...Object.fromEntries(
        TREE.filter((key) => count(node.attributes[key]) > 0).map((key) => [key, node.attributes[key]!]),
      ),
      aggregate_function: 'SUM',
      n_targets: pairs.length,
      post_transform: 'NONE',
      target_treeids: leaves.trees,
      target_nodeids: leaves.nodes,
      target_ids: leaves.targets.map((target, i) => units.get(`${target}/${leaves.trees[i]}`)!),
      target_weights: { floats: leaves.weights },
    },
  });
  const sums = Array.from({ length: targets }, (_, target) => {
    const own = pairs.flatMap(([, [of]], unit) => (of === target ? [unit] : []));
    const scores = builder.op('Gather', [name, builder.constant(int64(own))], { axis: 1 });
    return builder.op('ReduceSum', [scores, builder.constant([1])], { keepdims: 1 });
  });
  return sums.length === 1 ? sums[0]! : builder.op('Concat', sums, { axis: 1 });
}

/** Adds what all sums start with; a constant of its own, as the layer's weight, also where it is zero. */
function withBase(
  builder: GraphBuilder,
  sums: string,
  { base, name }: { readonly base: readonly number[]; readonly name: string },
): string {
  return builder.op('Add', [sums, builder.initializer(name, float32(base))]);
}

function readBase(node: Node, targets: number): readonly number[] {
  const base = numbers(node, 'base_values');
  if (base.length === 0) return Array<number>(targets).fill(0);
  if (base.length === targets) return base;
  throw fileInvalid(
    `operator ${node.opType} has ${base.length} base_values for ${targets} classes or targets`,
  );
}

/** Writes the standard operators of `post_transform` between two tensors. */
export type Transform = (node: Node, builder: GraphBuilder, tensors: readonly [string, string]) => void;

/** Names of the tensors of a layer of trees. */
const treeNames = (output: string) => ({ name: `${output}/trees`, bias: `${output}/trees/bias` });

/** Sums or means of the targets of regression trees. */
export function writeTreeRegressor(node: Node, builder: GraphBuilder, transform: Transform): void {
  const { n_targets: targets = 1, aggregate_function: aggregate = 'SUM' } = node.attributes;
  if (typeof targets !== 'number' || targets < 1) throw fileInvalid(`operator ${node.opType} has no targets`);
  if (aggregate !== 'SUM' && aggregate !== 'AVERAGE')
    throw fileInvalid(
      `operator ${node.opType} has aggregate_function ${JSON.stringify(aggregate)}; known: SUM, AVERAGE`,
    );
  const output = node.outputs[0]!;
  const { name, bias } = treeNames(output);
  const leaves = readLeaves(node, 'target', targets);
  const trees = new Set(numbers(node, 'nodes_treeids')).size;
  const sums = writeSums(node, leaves, { builder, targets, name });
  const scores = aggregate === 'SUM' ? sums : builder.op('Div', [sums, builder.constant(trees)]);
  transform(node, builder, [
    withBase(builder, scores, { base: readBase(node, targets), name: bias }),
    output,
  ]);
}

/**
 * Probabilities of classification trees; the labels are left out. Of two classes, trees may score the second
 * alone: the score of the first then follows as in ONNX Runtime, 1 − p of scores that are all positive, which
 * are probabilities, and −s otherwise.
 */
export function writeTreeClassifier(node: Node, builder: GraphBuilder, transform: Transform): void {
  const classes = Math.max(
    count(node.attributes['classlabels_strings']),
    count(node.attributes['classlabels_int64s']),
  );
  if (classes < 2) throw fileInvalid(`operator ${node.opType} has ${classes} classes`);
  const [labels, output] = node.outputs;
  if ((output ?? '') === '') throw fileInvalid(`operator ${node.opType} has no output of probabilities`);
  if ((labels ?? '') !== '') builder.reserve([labels!]);
  const { name, bias } = treeNames(output!);
  const leaves = readLeaves(node, 'class', classes);
  const isSingle = classes === 2 && new Set(leaves.targets).size === 1;
  if (!isSingle) {
    const sums = writeSums(node, leaves, { builder, targets: classes, name });
    const scores = withBase(builder, sums, { base: readBase(node, classes), name: bias });
    transform(node, builder, [scores, output!]);
    return;
  }
  const single = { ...leaves, targets: leaves.targets.map(() => 0) };
  const sum = writeSums(node, single, { builder, targets: 1, name });
  const score = withBase(builder, sum, { base: readBase(node, 1), name: bias });
  const { post_transform: post = 'NONE' } = node.attributes;
  const isPositive = leaves.weights.every((weight) => weight >= 0);
  const other = isPositive ? builder.op('Sub', [builder.constant(1), score]) : builder.op('Neg', [score]);
  const both = builder.op('Concat', [other, score], { axis: 1 });
  if (post !== 'NONE' && post !== 'LOGISTIC')
    throw fileInvalid(
      `operator ${node.opType} has one score for two classes and post_transform ${JSON.stringify(post)}; ` +
        'known: NONE, LOGISTIC',
    );
  const attributes = { ...node.attributes, post_transform: isPositive ? 'NONE' : post };
  transform({ ...node, attributes }, builder, [both, output!]);
}
