import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readFloat, readText } from '../node.attributes.js';

type Slope = (at: Backward, x: string, y: string) => string;

/** g · slope, where the slope is written from the input and the output. */
const activation = (key: string, slope: Slope): GradientRule => ({
  key,
  backward: (at) => [
    at.write.op('Mul', [arriving(at), slope(at, findInput(at.node, 0), at.node.outputs[0] ?? '')]),
  ],
});

/** The operator's slope where x > 0, `below` elsewhere. */
const split = ({ write }: Backward, x: string, above: string, below: string): string =>
  write.op('Where', [write.op('Greater', [x, write.scalar(0, x)]), above, below]);

const oneMinus = ({ write }: Backward, y: string): string => write.op('Sub', [write.scalar(1, y), y]);

export const activations: readonly GradientRule[] = [
  // Three plain passes: the runtime's Sign and Where take twice their time.
  activation('Relu', ({ write }, x, y) => write.mask(write.op('Greater', [y, write.scalar(0, y)]), x)),
  activation('LeakyRelu', (at, x) =>
    split(at, x, at.write.scalar(1, x), at.write.scalar(readFloat(at.node, 'alpha', 0.01), x)),
  ),
  // x > 0: 1; else y + α, since y = α(eˣ − 1)
  activation('Elu', (at, x, y) =>
    split(
      at,
      x,
      at.write.scalar(1, x),
      at.write.op('Add', [y, at.write.scalar(readFloat(at.node, 'alpha', 1), x)]),
    ),
  ),
  activation('Selu', (at, x, y) => {
    const [alpha, gamma] = [
      readFloat(at.node, 'alpha', 1.6732631921768188),
      readFloat(at.node, 'gamma', 1.0507010221481323),
    ];
    return split(
      at,
      x,
      at.write.scalar(gamma, x),
      at.write.op('Add', [y, at.write.scalar(alpha * gamma, x)]),
    );
  }),
  activation('Sigmoid', (at, _, y) => at.write.op('Mul', [y, oneMinus(at, y)])),
  activation('Tanh', (at, _, y) => oneMinus(at, at.write.op('Mul', [y, y]))),
  activation('Softplus', ({ write }, x) => write.op('Sigmoid', [x])),
  // 1 / (1 + |x|)²
  activation('Softsign', ({ write }, x) => {
    const d = write.op('Add', [write.op('Abs', [x]), write.scalar(1, x)]);
    return write.op('Reciprocal', [write.op('Mul', [d, d])]);
  }),
  activation('HardSigmoid', (at, x, y) => {
    const { write } = at;
    const inside = write.op('And', [
      write.op('Greater', [y, write.scalar(0, y)]),
      write.op('Less', [y, write.scalar(1, y)]),
    ]);
    return write.op('Mul', [write.mask(inside, x), write.scalar(readFloat(at.node, 'alpha', 0.2), x)]);
  }),
  activation('Gelu', (at, x) =>
    readText(at.node, 'approximate', 'none') === 'tanh' ? geluTanhSlope(at, x) : geluSlope(at, x),
  ),
  // 0 below −3, 1 above 3, (2x + 3) / 6 between
  activation('HardSwish', ({ write }, x) => {
    const inside = write.op('Add', [write.op('Mul', [x, write.scalar(1 / 3, x)]), write.scalar(0.5, x)]);
    const above = write.mask(write.op('Greater', [x, write.scalar(3, x)]), x);
    return write.op('Where', [write.op('Less', [write.op('Abs', [x]), write.scalar(3, x)]), inside, above]);
  }),
  // with t = tanh(softplus x): t + x (1 − t²) σ(x)
  activation('Mish', (at, x) => {
    const { write } = at;
    const t = write.op('Tanh', [write.op('Softplus', [x])]);
    return write.op('Add', [
      t,
      write.op('Mul', [
        write.op('Mul', [x, write.op('Sigmoid', [x])]),
        oneMinus(at, write.op('Mul', [t, t])),
      ]),
    ]);
  }),
  activation('Celu', (at, x) => {
    const below = at.write.op('Exp', [
      at.write.op('Mul', [x, at.write.scalar(1 / readFloat(at.node, 'alpha', 1), x)]),
    ]);
    return split(at, x, at.write.scalar(1, x), below);
  }),
  activation('ThresholdedRelu', ({ write, node }, x) =>
    write.mask(write.op('Greater', [x, write.scalar(readFloat(node, 'alpha', 1), x)]), x),
  ),
  {
    key: 'PRelu',
    backward(at) {
      const { write, node } = at;
      const [g, x, slope] = [arriving(at), findInput(node, 0), findInput(node, 1)];
      const zero = write.scalar(0, x);
      return [
        at.wants(0) ? write.op('Mul', [g, split(at, x, write.scalar(1, x), slope)]) : undefined,
        at.wants(1) ? write.sumTo(write.op('Mul', [g, write.op('Min', [x, zero])]), slope) : undefined,
      ];
    },
  },
];

/** Φ(x) + x φ(x) (Hendrycks & Gimpel, 2016). */
function geluSlope({ write }: Backward, x: string): string {
  const phi = write.op('Mul', [
    write.op('Add', [
      write.op('Erf', [write.op('Mul', [x, write.scalar(Math.SQRT1_2, x)])]),
      write.scalar(1, x),
    ]),
    write.scalar(0.5, x),
  ]);
  const bell = write.op('Exp', [write.op('Mul', [write.op('Mul', [x, x]), write.scalar(-0.5, x)])]);
  return write.op('Add', [
    phi,
    write.op('Mul', [x, write.op('Mul', [bell, write.scalar(1 / Math.sqrt(2 * Math.PI), x)])]),
  ]);
}

/** With t = tanh(u), u = √(2/π)(x + 0.044715 x³): ½(1 + t) + ½ x (1 − t²) u′. */
function geluTanhSlope(at: Backward, x: string): string {
  const { write } = at;
  const c = Math.sqrt(2 / Math.PI);
  const squared = write.op('Mul', [x, x]);
  const linear = (a: number, b: number): string =>
    write.op('Add', [write.op('Mul', [squared, write.scalar(a, x)]), write.scalar(b, x)]);
  const t = write.op('Tanh', [write.op('Mul', [x, linear(0.044715 * c, c)])]);
  const left = write.op('Add', [t, write.scalar(1, x)]);
  const right = write.op('Mul', [
    write.op('Mul', [x, oneMinus(at, write.op('Mul', [t, t]))]),
    linear(3 * 0.044715 * c, c),
  ]);
  return write.op('Mul', [write.op('Add', [left, right]), write.scalar(0.5, x)]);
}
