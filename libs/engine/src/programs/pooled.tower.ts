import type { CompiledModel } from '@noema/layers';
import { type Dim, elementCount, type Graph, type Node, listReads } from '@noema/onnx';
import { FEW_INPUTS, readOutside } from './pooled.graph.js';

type Volume = readonly [channels: number, height: number, width: number];

/** A convolution, a largest pooling of windows 2 × 2 side by side, and a Relu behind it or not. */
export interface PooledBlock {
  /**
   * Tensors: the convolution [n, filters, height, width], and its pooled result [n, filters, ⌊height / 2⌋,
   * ⌊width / 2⌋].
   */
  readonly plane: string;
  readonly pooled: string;
  readonly isCut: boolean;
  /** Parameters [filters, channels, height, width] and [filters]. */
  readonly kernel: string;
  readonly bias?: string;
  readonly inputDims: Volume;
  readonly planeDims: Volume;
  readonly kernelSize: readonly [height: number, width: number];
  /** At the top, on the left, at the bottom, on the right. */
  readonly pads: readonly [number, number, number, number];
}

/**
 * The first blocks of a model, each on the one before it. Kernels make the first one, whose result is a
 * program input, and the gradients of all of them: from what came to the last one's result, and the planes
 * and results of all but the first, which are program outputs.
 */
export interface PooledTower {
  readonly blocks: readonly PooledBlock[];
  /** The model input, [n, height, width, channels], of which the first block takes the upper left part. */
  readonly source: string;
  readonly sourceDims: Volume;
  /** Program output: the gradient by the last block's result. */
  readonly gradient: string;
}

type Beginning = Pick<PooledTower, 'blocks' | 'source' | 'sourceDims'>;

/**
 * Returns the blocks at the start of a model, whose parameters have no other reader. Undefined if the model
 * does not start with such a block, or not with a convolution of few inputs.
 */
export function buildTower({
  graph,
  shapes,
  inputs,
  outputs,
  updates,
  parameters,
}: Omit<CompiledModel, 'name' | 'layers' | 'summary' | 'masks'>): Beginning | undefined {
  const kept = readOutside({ graph, outputs, updates });
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes)
    for (const name of listReads(node)) readers.set(name, [...(readers.get(name) ?? []), node]);
  const onlyReader = (name: string, opType?: string): Node | undefined => {
    const [reader, ...others] = kept.has(name) ? [] : (readers.get(name) ?? []);
    return others.length === 0 &&
      reader?.domain === undefined &&
      (opType ?? reader?.opType) === reader?.opType
      ? reader
      : undefined;
  };
  const trained = new Set(
    parameters
      .filter(({ name, trainable }) => trainable && onlyReader(name) !== undefined)
      .map(({ name }) => name),
  );
  const blockOn = (conv: Node | undefined): PooledBlock | undefined => {
    const pool = conv && onlyReader(conv.outputs[0]!, 'MaxPool');
    return pool && findBlock(conv, pool, onlyReader(pool.outputs[0]!, 'Relu'), { shapes, trained });
  };
  const first = graph.nodes.find(({ opType }) => opType === 'Conv');
  const begin = blockOn(first);
  const source =
    begin && findSource(first!.inputs[0]!, graph, { shapes, inputs: inputs.map(({ name }) => name) });
  if (
    begin === undefined ||
    source === undefined ||
    elementCount([begin.inputDims[0], ...begin.kernelSize]) > FEW_INPUTS
  )
    return undefined;
  const blocks: PooledBlock[] = [];
  for (
    let block: PooledBlock | undefined = begin;
    block !== undefined;
    block = blockOn(onlyReader(block.pooled, 'Conv'))
  )
    blocks.push(block);
  return { blocks, ...source };
}

/** The model input that a tensor is, channels first, without some of the last rows and columns. */
function findSource(
  tensor: string,
  { nodes, initializers }: Graph,
  {
    shapes,
    inputs,
  }: { readonly shapes: ReadonlyMap<string, readonly Dim[]>; readonly inputs: readonly string[] },
): Pick<PooledTower, 'source' | 'sourceDims'> | undefined {
  const made = nodes.find(({ outputs }) => outputs.includes(tensor));
  const [source, starts, , axes, steps] = made?.inputs ?? [];
  const dims = shapes.get(source ?? '');
  if (made?.domain !== undefined) return undefined;
  const holds = (name: string | undefined, wanted: readonly number[]): boolean =>
    [...(initializers.get(name ?? '')?.data ?? [])].join() === wanted.join();
  if (made?.opType === 'Slice')
    return steps === undefined && holds(starts, [0, 0]) && holds(axes, [2, 3])
      ? findSource(source!, { nodes, initializers } as Graph, { shapes, inputs })
      : undefined;
  const isTurned =
    made?.opType === 'Transpose'
      ? numbers(made, 'perm', []).join() === '0,3,1,2'
      : made?.opType === 'Reshape' &&
        dims?.[3] === 1 &&
        shapes.get(tensor)?.slice(1).join() === [1, dims[1], dims[2]].join();
  if (
    !isTurned ||
    !inputs.includes(source!) ||
    dims?.length !== 4 ||
    !dims.slice(1).every((size) => typeof size === 'number')
  )
    return undefined;
  const [height, width, channels] = dims.slice(1) as [number, number, number];
  return { source: source!, sourceDims: [channels, height, width] };
}

function findBlock(
  conv: Node,
  pool: Node,
  relu: Node | undefined,
  {
    shapes,
    trained,
  }: { readonly shapes: ReadonlyMap<string, readonly Dim[]>; readonly trained: ReadonlySet<string> },
): PooledBlock | undefined {
  const [input, kernel, bias] = conv.inputs;
  const [plane] = conv.outputs;
  const pads = numbers(conv, 'pads', [0, 0, 0, 0]);
  const [inputDims, planeDims, kernelDims] = [
    shapes.get(input!)?.slice(1),
    shapes.get(plane!)?.slice(1),
    shapes.get(kernel!),
  ];
  const isKnown = [inputDims, planeDims, kernelDims?.slice(1)].every(
    (dims) => dims?.length === 3 && dims.every((size) => typeof size === 'number'),
  );
  if (
    !isKnown ||
    !isPlain(conv) ||
    !isTiled(pool) ||
    !trained.has(kernel!) ||
    (bias !== undefined && !trained.has(bias))
  )
    return undefined;
  return {
    plane: plane!,
    pooled: (relu ?? pool).outputs[0]!,
    isCut: relu !== undefined,
    kernel: kernel!,
    ...(bias !== undefined && { bias }),
    inputDims: inputDims as unknown as Volume,
    planeDims: planeDims as unknown as Volume,
    kernelSize: kernelDims!.slice(2) as [number, number],
    pads: pads as PooledBlock['pads'],
  };
}

const numbers = ({ attributes }: Node, name: string, otherwise: readonly number[]): readonly number[] =>
  (attributes[name] as readonly number[] | undefined) ?? otherwise;
const all = (node: Node, name: string, wanted: number): boolean =>
  numbers(node, name, []).every((number) => number === wanted);
const isCounted = ({ attributes }: Node): boolean => (attributes['auto_pad'] ?? 'NOTSET') === 'NOTSET';

const isPlain = (conv: Node): boolean =>
  isCounted(conv) &&
  all(conv, 'strides', 1) &&
  all(conv, 'dilations', 1) &&
  (conv.attributes['group'] ?? 1) === 1 &&
  numbers(conv, 'pads', []).every((pad) => pad >= 0);

const isTiled = (pool: Node): boolean =>
  isCounted(pool) &&
  pool.outputs.length === 1 &&
  numbers(pool, 'strides', []).length === 2 &&
  all(pool, 'kernel_shape', 2) &&
  all(pool, 'strides', 2) &&
  all(pool, 'pads', 0) &&
  all(pool, 'dilations', 1) &&
  pool.attributes['ceil_mode'] !== 1;
