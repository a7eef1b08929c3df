import { type Dim, float32 } from '@noema/onnx';
import { affine } from '../affine.js';
import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { shapeText, type Value } from '../value.js';

/**
 * Multi-head attention (Vaswani et al., 2017) of a query [steps, width] over a value and, with a third input,
 * a key. In a model of Keras 3, only pairs of steps count that the masks of all inputs, and masks given by
 * name, keep. `query_mask` is refused, because Keras reads the mask of the query in its place. Parameters as in
 * Keras: {query, key, value}/kernel [width, heads, size], attention_output/kernel [heads, size, width], and
 * biases.
 */
export const multiHeadAttention: LayerKind = {
  key: 'MultiHeadAttention',
  create(config) {
    const settings = read(config);
    return {
      role: 'learned',
      activation: 'linear',
      masking: 'own-keras-3',
      unmasks: true,
      arguments: ['use_causal_mask'],
      namedMasks: ['attention_mask', 'value_mask', 'key_mask'],
      call(scope, inputs, given = {}) {
        if (inputs.length < 2 || inputs.length > 3)
          throw scope.fail(`takes a query and a value, and perhaps a key; ${inputs.length} are connected`);
        const [query, value, key = value] = inputs.map((input) => scope.last(input)) as [
          Value,
          Value,
          Value?,
        ];
        const odd = [query, value, key].find(({ shape }) => shape.length !== 2);
        if (odd !== undefined)
          throw scope.fail(`takes series, [steps, width]; one input is ${shapeText(odd.shape)}`);
        return attend(scope, settings, {
          query,
          value: withMask(scope, value, 'value_mask', given['value_mask'] as Value | undefined),
          key: withMask(scope, key, 'key_mask', given['key_mask'] as Value | undefined),
          causal: given['use_causal_mask'] === true,
          pairs: pairMask(scope, given['attention_mask'] as Value | undefined, {
            heads: settings.heads,
            steps: query.shape[0]!,
            over: value.shape[0]!,
          }),
        });
      },
    };
  },
};

function read(config: LayerConfig) {
  if (config.raw('attention_axes') !== undefined) config.integers('attention_axes');
  // The shapes come from the inputs.
  for (const key of ['flash_attention', 'query_shape', 'key_shape', 'value_shape']) config.raw(key);
  const keySize = config.integer('key_dim');
  return {
    heads: config.integer('num_heads'),
    keySize,
    valueSize: config.integer('value_dim', { fallback: keySize }),
    dropout: config.number('dropout', 0, { min: 0, below: 1 }),
    useBias: config.flag('use_bias', true),
    width: config.raw('output_shape') === undefined ? undefined : config.integers('output_shape'),
    kernelInitializer: config.initializer('kernel_initializer', 'glorot_uniform'),
    biasInitializer: config.initializer('bias_initializer', 'zeros'),
  };
}

type Settings = ReturnType<typeof read>;

interface Call {
  readonly query: Value;
  readonly value: Value;
  readonly key: Value;
  readonly causal: boolean;
  /** Pairs that `attention_mask` keeps. */
  readonly pairs: Pairs | undefined;
}

function attend(scope: LayerScope, settings: Settings, call: Call): Value {
  const { query, value, key } = call;
  const { heads, keySize, valueSize, dropout } = settings;
  const [steps, over] = [query.shape[0]!, value.shape[0]!];
  if (key.shape[0] !== over)
    throw scope.fail(`takes a key as long as its value; they have ${key.shape[0]} and ${over} steps`);
  const part = (name: string, x: Value, size: number, perm: readonly number[]): string =>
    splitHeads(scope.within(name), x, settings, size, perm);
  const q = part('query', query, keySize, [0, 2, 1, 3]);
  const k = part('key', key, keySize, [0, 2, 3, 1]);
  const v = part('value', value, valueSize, [0, 2, 1, 3]);
  const square = ['n', heads, steps, over];
  const scores = scope.op(
    'Mul',
    [scope.op('MatMul', [q, k], square), scope.constant(1 / Math.sqrt(keySize))],
    square,
  );
  const counted = countedPairs(scope, call);
  const seen =
    counted === undefined
      ? scores
      : scope.op(
          'Add',
          [
            scope.op('Mul', [scores, counted.tensor], square),
            scope.op(
              'Mul',
              [scope.op('Sub', [scope.constant(1), counted.tensor], counted.dims), scope.constant(EXCLUDED)],
              counted.dims,
            ),
          ],
          square,
        );
  const softmax = scope.op('Softmax', [seen], square, { axis: -1 });
  // A masked step of the query has no step to look at. Keras gives it the mean of all values, or nothing where
  // the layer has dropout.
  const weights =
    counted !== undefined && dropout > 0 ? scope.op('Mul', [softmax, counted.tensor], square) : softmax;
  const thinned =
    scope.isTraining && dropout > 0
      ? scope.op('Mul', [weights, scope.mask(square, dropout)], square)
      : weights;
  const mixed = scope.op(
    'Transpose',
    [scope.op('MatMul', [thinned, v], ['n', heads, steps, valueSize])],
    ['n', steps, heads, valueSize],
    { perm: [0, 2, 1, 3] },
  );
  const flat: Value = {
    tensor: scope.op(
      'Reshape',
      [mixed, scope.constant([-1, steps, heads * valueSize])],
      ['n', steps, heads * valueSize],
    ),
    shape: [steps, heads * valueSize],
    layout: 'last',
  };
  const width = settings.width?.[0] ?? query.shape[1]!;
  const output = projectedBy(
    scope.within('attention_output'),
    flat,
    { dims: [heads, valueSize, width], width, biasDims: [width] },
    settings,
  );
  return query.keep === undefined ? output : { ...output, keep: query.keep };
}

/** Score of a pair of steps that does not count. */
const EXCLUDED = -1e9;

interface Pairs {
  readonly tensor: string;
  readonly dims: readonly Dim[];
}

/**
 * Which steps of the query look at which steps of the value: 1 for pairs that count and 0 for others, to be
 * broadcast over [n, heads, steps, over]. `undefined` if all count.
 */
function countedPairs(scope: LayerScope, { query, value, key, causal, pairs }: Call): Pairs | undefined {
  const [steps, over] = [query.shape[0]!, value.shape[0]!];
  const parts: Pairs[] = [];
  if (query.keep !== undefined) {
    const dims = ['n', 1, steps, 1];
    parts.push({ tensor: scope.op('Unsqueeze', [query.keep, scope.constant([1])], dims), dims });
  }
  for (const keep of new Set([value.keep, key.keep])) {
    if (keep === undefined) continue;
    const dims = ['n', 1, 1, over];
    parts.push({ tensor: scope.op('Reshape', [keep, scope.constant([-1, 1, 1, over])], dims), dims });
  }
  if (causal) parts.push({ tensor: scope.constant(earlier(steps, over)), dims: [1, 1, steps, over] });
  if (pairs !== undefined) parts.push(pairs);
  if (parts.length === 0) return undefined;
  return parts.reduce((a, b) => {
    const dims = a.dims.map((dim, axis) => (dim === 1 ? b.dims[axis]! : dim));
    return { tensor: scope.op('Mul', [a.tensor, b.tensor], dims), dims };
  });
}

/** The series with a mask given by name, [steps], in place of its own. */
function withMask(scope: LayerScope, series: Value, name: string, mask: Value | undefined): Value {
  if (mask === undefined) return series;
  const { shape, tensor } = scope.last(mask);
  if (shape.length !== 1 || shape[0] !== series.shape[0])
    throw scope.fail(
      `is called with ${name} of ${shapeText(shape)} for ${series.shape[0]} steps; give one value for each step`,
    );
  const kept = nonZero(scope, { tensor, shape, layout: 'last' });
  return { ...series, keep: scope.op('Unsqueeze', [kept, scope.constant([2])], ['n', shape[0]!, 1]) };
}

/**
 * The pairs that a mask [steps, over] or [heads, steps, over] of every sample keeps; each size may be 1, which
 * stands for all.
 */
function pairMask(
  scope: LayerScope,
  mask: Value | undefined,
  { heads, steps, over }: { readonly heads: number; readonly steps: number; readonly over: number },
): Pairs | undefined {
  if (mask === undefined) return undefined;
  const { shape, tensor } = scope.last(mask);
  const full = shape.length === 2 ? [steps, over] : [heads, steps, over];
  if (shape.length !== full.length || shape.some((size, axis) => size !== 1 && size !== full[axis]))
    throw scope.fail(
      `is called with attention_mask of ${shapeText(shape)}; give ${shapeText([steps, over])}, or ` +
        `${shapeText([heads, steps, over])} for each head`,
    );
  const kept = nonZero(scope, { tensor, shape, layout: 'last' });
  if (shape.length === 3) return { tensor: kept, dims: ['n', ...shape] };
  const dims = ['n', 1, ...shape];
  return { tensor: scope.op('Unsqueeze', [kept, scope.constant([1])], dims), dims };
}

/** 1 where a value is not 0, as a cast to a boolean gives, and 0 elsewhere. */
function nonZero(scope: LayerScope, x: Value): string {
  const isZero = scope.like(x, 'Equal', [x.tensor, scope.constant(0)]);
  return scope.like(x, 'Cast', [scope.like(x, 'Not', [isZero])], { to: 1 });
}

/** Causal mask [1, 1, steps, over]: 1 for earlier and equal steps and 0 for later ones. */
const earlier = (steps: number, over: number) =>
  float32(
    Float32Array.from({ length: steps * over }, (_, i) => (i % over <= Math.floor(i / over) ? 1 : 0)),
    [1, 1, steps, over],
  );

/** x projected and cut into heads: [n, steps, heads, size] with its axes in the order of `perm`. */
function splitHeads(
  scope: LayerScope,
  x: Value,
  settings: Settings,
  size: number,
  perm: readonly number[],
): string {
  const { heads } = settings;
  const dims = ['n', x.shape[0]!, heads, size];
  const projected = projectedBy(
    scope,
    x,
    { dims: [x.shape[1]!, heads, size], width: heads * size, biasDims: [heads, size] },
    settings,
  );
  const apart = scope.op('Reshape', [projected.tensor, scope.constant([-1, x.shape[0]!, heads, size])], dims);
  return scope.op(
    'Transpose',
    [apart],
    perm.map((axis) => dims[axis]!),
    { perm },
  );
}

interface Kernel {
  readonly dims: readonly number[];
  readonly width: number;
  readonly biasDims: readonly number[];
}

/** x · kernel + bias. The heads are separate dimensions in Keras but not in the graph. */
function projectedBy(
  scope: LayerScope,
  x: Value,
  { dims, width, biasDims }: Kernel,
  { useBias, kernelInitializer, biasInitializer }: Settings,
): Value {
  const kernel = scope.parameter('kernel', dims, {
    initializer: kernelInitializer,
    graphDims: [x.shape[1]!, width],
  });
  return affine(
    scope,
    x,
    kernel,
    width,
    useBias
      ? scope.parameter('bias', biasDims, { initializer: biasInitializer, graphDims: [width] })
      : undefined,
  );
}
