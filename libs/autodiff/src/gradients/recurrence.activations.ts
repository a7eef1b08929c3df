import { type Attributes, float, type GraphBuilder, type Node } from '@noema/onnx';
import { gradientFormUnsupported } from '../gradient.errors.js';

/** A non-linearity of a recurrent operator, written in operators. */
export type Nonlinearity = (builder: GraphBuilder, x: string) => string;

/**
 * Activations that recurrent operators can name, with the attributes that `activation_alpha` and
 * `activation_beta` set.
 */
const KNOWN: Readonly<Record<string, readonly ('alpha' | 'beta')[]>> = {
  Sigmoid: [],
  Tanh: [],
  Relu: [],
  Softsign: [],
  Softplus: [],
  LeakyRelu: ['alpha'],
  ThresholdedRelu: ['alpha'],
  Elu: ['alpha'],
  HardSigmoid: ['alpha', 'beta'],
};

/**
 * The non-linearities of one direction. Throws `unsupported` GRADIENT_UNSUPPORTED for one that is not known.
 */
export function readActivations(node: Node, defaults: readonly string[], direction: number): Nonlinearity[] {
  const given = node.attributes['activations'];
  const names = Array.isArray(given) ? (given as readonly string[]) : [...defaults, ...defaults];
  const taken = { alpha: [...floats(node, 'activation_alpha')], beta: [...floats(node, 'activation_beta')] };
  // Values are listed in order, only for activations that take one.
  const all = names.map((name): Nonlinearity => {
    const settings = KNOWN[name];
    if (settings === undefined) throw gradientFormUnsupported(node, `activation ${name}`);
    const set = settings.flatMap((setting) => {
      const value = taken[setting].shift();
      return value === undefined ? [] : [[setting, float(value)] as const];
    });
    const attributes: Attributes = Object.fromEntries(set);
    return (b, x) => b.op(name, [x], attributes);
  });
  return all.slice(direction * defaults.length, (direction + 1) * defaults.length);
}

function floats(node: Node, name: string): readonly number[] {
  const value = node.attributes[name];
  return typeof value === 'object' && 'floats' in value ? value.floats : [];
}
