import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';

type Part = (at: Backward, g: string, a: string, b: string, y: string) => string;

/** A function of two broadcast operands: each part is summed back to its operand's shape. */
const binary = (key: string, first: Part, second: Part): GradientRule => ({
  key,
  backward(at) {
    const [g, a, b, y] = [
      arriving(at),
      findInput(at.node, 0),
      findInput(at.node, 1),
      at.node.outputs[0] ?? '',
    ];
    return [
      at.wants(0) ? at.write.sumTo(first(at, g, a, b, y), a) : undefined,
      at.wants(1) ? at.write.sumTo(second(at, g, a, b, y), b) : undefined,
    ];
  },
});

/** Any number of operands that count alike. */
const variadic = (key: string, part: (at: Backward, g: string) => string): GradientRule => ({
  key,
  backward(at) {
    const share = part(at, arriving(at));
    return at.node.inputs.map((input, i) => (at.wants(i) ? at.write.sumTo(share, input) : undefined));
  },
});

export const arithmetic: readonly GradientRule[] = [
  binary(
    'Add',
    (_, g) => g,
    (_, g) => g,
  ),
  binary(
    'Sub',
    (_, g) => g,
    ({ write }, g) => write.op('Neg', [g]),
  ),
  binary(
    'Mul',
    ({ write }, g, _, b) => write.op('Mul', [g, b]),
    ({ write }, g, a) => write.op('Mul', [g, a]),
  ),
  // y = a/b: g/b and −g y/b
  binary(
    'Div',
    ({ write }, g, _, b) => write.op('Div', [g, b]),
    ({ write }, g, _, b, y) => write.op('Neg', [write.op('Div', [write.op('Mul', [g, y]), b])]),
  ),
  // y = aᵇ: g b aᵇ⁻¹ and g y ln a
  binary(
    'Pow',
    ({ write }, g, a, b) =>
      write.op('Mul', [
        g,
        write.op('Mul', [
          castLike(write, b, a),
          write.op('Pow', [a, write.op('Sub', [b, write.scalar(1, b)])]),
        ]),
      ]),
    ({ write }, g, a, _, y) => write.op('Mul', [g, write.op('Mul', [y, write.op('Log', [a])])]),
  ),
  variadic('Sum', (_, g) => g),
  variadic('Mean', ({ write, node }, g) => write.op('Mul', [g, write.scalar(1 / node.inputs.length, g)])),
  {
    key: 'Where',
    backward(at) {
      const { write, node } = at;
      const [g, condition] = [arriving(at), findInput(node, 0)];
      const zero = write.scalar(0, g);
      return [
        undefined,
        at.wants(1) ? write.sumTo(write.op('Where', [condition, g, zero]), findInput(node, 1)) : undefined,
        at.wants(2) ? write.sumTo(write.op('Where', [condition, zero, g]), findInput(node, 2)) : undefined,
      ];
    },
  },
];

/** The exponent of Pow may have another element type than its base. */
const castLike = (write: Backward['write'], tensor: string, like: string): string =>
  write.getType(tensor) === write.getType(like)
    ? tensor
    : write.op('Cast', [tensor], { to: write.getType(like) === 'float64' ? 11 : 1 });
