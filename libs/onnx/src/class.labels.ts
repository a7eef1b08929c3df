import {
  type GraphProto,
  type NodeProto,
  TensorProto_DataType,
  type ValueInfoProto,
} from '@noema/contracts/onnx/onnx';

/** Domain of the operators that scikit-learn's exporter writes. */
const DOMAIN = 'ai.onnx.ml';
/** Code of elements of text. */
const STRING: number = TensorProto_DataType.STRING;

/** A graph whose outputs are numbers, and the names of their classes. */
export interface NumericOutputs {
  readonly graph: GraphProto;
  /** By output, in the order of the last axis; classes that are named 0, 1, 2, … have no names. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
}

/**
 * Turns the outputs of a classifier from scikit-learn into numbers: a `ZipMap`, a list of maps from class to
 * probability, becomes the tensor before it under the name of the output, and labels of text are left out
 * where there is another output. Returns other graphs unchanged.
 */
export function withNumericOutputs(graph: GraphProto): NumericOutputs {
  if (!graph.node.some(({ domain }) => domain === DOMAIN)) return { graph, classNames: new Map() };
  const maps = graph.node.filter(isZipMap).filter(({ output: [name] }) => isOutput(graph, name));
  const labels = new Set(graph.output.filter(isText).map(({ name }) => name));
  const isNumeric = maps.length === 0 && (labels.size === 0 || labels.size === graph.output.length);
  const texts = new Map(
    graph.initializer
      .filter(({ dataType }) => dataType === STRING)
      .map(({ name, stringData }) => [name, stringData.map(toText)]),
  );
  const named = findClassNames(graph, texts);
  if (isNumeric) return { graph, classNames: named };
  const unzipped = maps.reduce(unzip, {
    ...graph,
    output: graph.output.filter(({ name }) => !labels.has(name)),
  });
  return { graph: withoutUnused(unzipped), classNames: named };
}

const isZipMap = ({ opType, domain }: NodeProto): boolean => opType === 'ZipMap' && domain === DOMAIN;

const isOutput = (graph: GraphProto, name: string | undefined): boolean =>
  graph.output.some((output) => output.name === name);

const isText = ({ type }: ValueInfoProto): boolean =>
  type?.value.case === 'tensorType' && type.value.value.elemType === STRING;

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Names in the attributes of `ZipMap` and of classifiers, or of the labels that are picked by an index. */
function findClassNames(
  graph: GraphProto,
  texts: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  const picked = graph.node.find(
    ({ opType, domain, input }) =>
      opType === 'ArrayFeatureExtractor' && domain === DOMAIN && texts.has(input[0] ?? ''),
  );
  for (const output of graph.output) {
    if (isText(output)) continue;
    const classes = attributeNames(graph, output.name) ?? texts.get(picked?.input[0] ?? '');
    if (classes !== undefined && classes.some((name, i) => name !== String(i)))
      names.set(output.name, classes);
  }
  return names;
}

/** Operators of scikit-learn's exporter between a classifier and its output. */
const PASSED: ReadonlySet<string> = new Set(['ZipMap', 'Normalizer', 'Identity', 'Cast']);

function attributeNames(graph: GraphProto, tensor: string): readonly string[] | undefined {
  const seen = new Set<string>();
  for (let at = tensor; !seen.has(at); ) {
    seen.add(at);
    const maker = graph.node.find(({ output }) => output.includes(at));
    for (const { name, strings, ints } of maker?.domain === DOMAIN ? maker.attribute : [])
      if (name.startsWith('classlabels') && strings.length + ints.length > 0)
        return strings.length > 0 ? strings.map(toText) : ints.map(String);
    if (maker === undefined || !PASSED.has(maker.opType)) return undefined;
    at = maker.input[0]!;
  }
  return undefined;
}

/** The tensor before a `ZipMap` gets the name of its output. */
function unzip(graph: GraphProto, zip: NodeProto): GraphProto {
  const [from, to] = [zip.input[0]!, zip.output[0]!];
  const renamed = (names: readonly string[]): string[] => names.map((name) => (name === from ? to : name));
  const output = graph.output.map(
    (value): ValueInfoProto => (value.name === to ? { ...value, type: floats(value) } : value),
  );
  const rest = graph.node.filter((node) => node !== zip);
  const isBound =
    isOutput(graph, from) ||
    !rest.some(({ output: made }) => made.includes(from)) ||
    rest.some(({ attribute }) => attribute.some(({ g }) => g !== undefined));
  const node = isBound
    ? graph.node.map((one) => (one === zip ? { ...one, opType: 'Identity', domain: '', attribute: [] } : one))
    : rest.map((one) => ({ ...one, input: renamed(one.input), output: renamed(one.output) }));
  return { ...graph, node, output };
}

const floats = ({ type }: ValueInfoProto): ValueInfoProto['type'] => ({
  ...type!,
  value: {
    case: 'tensorType',
    value: {
      $typeName: 'onnx.TypeProto.Tensor',
      elemType: TensorProto_DataType.FLOAT,
    },
  },
});

/** Labels of text that no other output needs, with what makes them. */
function withoutUnused(graph: GraphProto): GraphProto {
  if (graph.node.some(({ attribute }) => attribute.some(({ g }) => g !== undefined))) return graph;
  const needed = new Set(graph.output.map(({ name }) => name));
  const node = graph.node
    .toReversed()
    .filter(({ input, output }) => {
      if (!output.some((name) => needed.has(name))) return false;
      for (const name of input) needed.add(name);
      return true;
    })
    .toReversed();
  return { ...graph, node, initializer: graph.initializer.filter(({ name }) => needed.has(name)) };
}
