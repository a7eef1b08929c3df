import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';

type Unary = (at: Backward, g: string, x: string, y: string) => string;

const unary = (key: string, derive: Unary): GradientRule => ({
  key,
  backward: (at) => [derive(at, arriving(at), findInput(at.node, 0), at.node.outputs[0] ?? '')],
});

const onePlus = (write: Backward['write'], x: string): string => write.op('Add', [x, write.scalar(1, x)]);

/** Functions of one number that carry no parameters. */
export const elementwise: readonly GradientRule[] = [
  unary('Identity', (_, g) => g),
  unary('Cast', ({ write }, g, x) =>
    write.op('Cast', [g], {
      to: { float32: 1, float16: 10, float64: 11, bfloat16: 16 }[write.getType(x) as string] ?? 1,
    }),
  ),
  unary('Neg', ({ write }, g) => write.op('Neg', [g])),
  unary('Abs', ({ write }, g, x) => write.op('Mul', [g, write.op('Sign', [x])])),
  unary('Exp', ({ write }, g, _, y) => write.op('Mul', [g, y])),
  unary('Log', ({ write }, g, x) => write.op('Div', [g, x])),
  // y = √x: g / 2y
  unary('Sqrt', ({ write }, g, _, y) => write.op('Div', [g, write.op('Add', [y, y])])),
  // y = 1/x: −g y²
  unary('Reciprocal', ({ write }, g, _, y) =>
    write.op('Neg', [write.op('Mul', [g, write.op('Mul', [y, y])])]),
  ),
  // 2/√π · exp(−x²)
  unary('Erf', ({ write }, g, x) => {
    const bell = write.op('Exp', [write.op('Neg', [write.op('Mul', [x, x])])]);
    return write.op('Mul', [g, write.op('Mul', [bell, write.scalar(2 / Math.sqrt(Math.PI), x)])]);
  }),
  unary('Sin', ({ write }, g, x) => write.op('Mul', [g, write.op('Cos', [x])])),
  unary('Tan', ({ write }, g, _, y) => write.op('Mul', [g, onePlus(write, write.op('Mul', [y, y]))])),
  unary('Asin', ({ write }, g, x) =>
    write.op('Div', [g, write.op('Sqrt', [onePlus(write, write.op('Neg', [write.op('Mul', [x, x])]))])]),
  ),
  unary('Acos', ({ write }, g, x) =>
    write.op('Neg', [
      write.op('Div', [g, write.op('Sqrt', [onePlus(write, write.op('Neg', [write.op('Mul', [x, x])]))])]),
    ]),
  ),
  unary('Atan', ({ write }, g, x) => write.op('Div', [g, onePlus(write, write.op('Mul', [x, x]))])),
  unary('Sinh', ({ write }, g, x) => write.op('Mul', [g, write.op('Cosh', [x])])),
  unary('Cosh', ({ write }, g, x) => write.op('Mul', [g, write.op('Sinh', [x])])),
  unary('Asinh', ({ write }, g, x) =>
    write.op('Div', [g, write.op('Sqrt', [onePlus(write, write.op('Mul', [x, x]))])]),
  ),
  unary('Acosh', ({ write }, g, x) =>
    write.op('Div', [g, write.op('Sqrt', [write.op('Sub', [write.op('Mul', [x, x]), write.scalar(1, x)])])]),
  ),
  unary('Atanh', ({ write }, g, x) =>
    write.op('Div', [g, onePlus(write, write.op('Neg', [write.op('Mul', [x, x])]))]),
  ),
  unary('Cos', ({ write }, g, x) => write.op('Neg', [write.op('Mul', [g, write.op('Sin', [x])])])),
  {
    // Outside of training it hands its input through.
    key: 'Dropout',
    limits: 'not with `training_mode`',
    backward(at) {
      const mode = at.node.inputs[2];
      const training = mode === undefined || mode === '' ? undefined : at.write.findConstant(mode);
      if (mode !== undefined && mode !== '' && training?.data[0] !== 0)
        throw gradientFormUnsupported(at.node, 'training_mode; export the model for inference');
      return [arriving(at)];
    },
  },
];
