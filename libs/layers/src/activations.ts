import { DomainError, Registry } from '@noema/kernel';
import { float } from '@noema/onnx';
import type { LayerScope } from './layer.scope.js';
import { snakeCase } from './topology.parser.js';
import type { Value } from './value.js';

/** A non-linearity under its Keras name; `write` gives the tensor after it. */
export interface Activation {
  readonly key: string;
  /**
   * Set if the activation produces the last layer's probabilities, so that losses can use the logits before
   * it.
   */
  readonly fromLogits?: 'softmax' | 'sigmoid';
  write(scope: LayerScope, value: Value): string;
}

const operator = (key: string, opType: string, attributes = {}): Activation => ({
  key,
  write: (scope, x) => scope.like(x, opType, [x.tensor], attributes),
});

const registry = new Registry<Activation>('activation', [
  { key: 'linear', write: (_, x) => x.tensor },
  operator('relu', 'Relu'),
  {
    key: 'relu6',
    write: (scope, x) => scope.like(x, 'Clip', [x.tensor, scope.constant(0), scope.constant(6)]),
  },
  operator('leaky_relu', 'LeakyRelu', { alpha: float(0.2) }),
  operator('elu', 'Elu', { alpha: float(1) }),
  operator('selu', 'Selu'),
  operator('gelu', 'Gelu'),
  operator('gelu_new', 'Gelu', { approximate: 'tanh' }),
  { ...operator('sigmoid', 'Sigmoid'), fromLogits: 'sigmoid' },
  operator('hard_sigmoid', 'HardSigmoid', { alpha: float(0.2), beta: float(0.5) }),
  // As Keras 3 has it: relu6(x + 3) / 6.
  operator('hard_sigmoid_6', 'HardSigmoid', { alpha: float(1 / 6), beta: float(0.5) }),
  operator('tanh', 'Tanh'),
  operator('softplus', 'Softplus'),
  operator('softsign', 'Softsign'),
  operator('exponential', 'Exp'),
  {
    key: 'swish',
    write: (scope, x) => scope.like(x, 'Mul', [x.tensor, scope.like(x, 'Sigmoid', [x.tensor])]),
  },
  {
    key: 'mish',
    write: (scope, x) =>
      scope.like(x, 'Mul', [x.tensor, scope.like(x, 'Tanh', [scope.like(x, 'Softplus', [x.tensor])])]),
  },
  {
    key: 'softmax',
    fromLogits: 'softmax',
    write: (scope, x) => scope.like(x, 'Softmax', [x.tensor], { axis: scope.toAxis(x, -1) }),
  },
  {
    key: 'log_softmax',
    write: (scope, x) => scope.like(x, 'LogSoftmax', [x.tensor], { axis: scope.toAxis(x, -1) }),
  },
]);

const ALIASES: Readonly<Record<string, string>> = { silu: 'swish', re_lu: 'relu' };

/**
 * Returns the activation with the given Keras or TF.js name. Default: linear. Throws `invalid`
 * ACTIVATION_UNKNOWN, which lists the known names.
 */
export function parseActivation(spec: unknown): Activation {
  const named =
    typeof spec === 'object' && spec !== null && 'class_name' in spec ? spec.class_name : (spec ?? 'linear');
  if (typeof named !== 'string')
    throw new DomainError(
      'invalid',
      'ACTIVATION_UNKNOWN',
      `activation ${JSON.stringify(spec)} is not a name`,
    );
  const name = snakeCase(named);
  return registry.get(ALIASES[name] ?? name);
}

/** The value after an activation; the tensor before a softmax or sigmoid is remembered as its logits. */
export function activate(scope: LayerScope, value: Value, activation: Activation): Value {
  const after = { ...value, tensor: activation.write(scope, value) };
  if (activation.fromLogits !== undefined) scope.rememberLogits(after, value, activation.fromLogits);
  return after;
}
