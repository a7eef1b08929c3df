import { readFloat, readInt, readText } from '@noema/autodiff';
import { type Eager, real } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';

const named = (key: string, name = key): Operator => ({
  key,
  run: ({ eager, x }) => eager.elementwise(name, [x(0)]),
});

/** Functions of one number. */
type Formula = (of: {
  readonly eager: Eager;
  readonly x: Tensor;
  readonly op: (name: string, ...inputs: (Tensor | number)[]) => Tensor;
  readonly attribute: (name: string, fallback: number) => number;
}) => Tensor;

const formula = (key: string, write: Formula): Operator => ({
  key,
  run: ({ node, eager, x }) => {
    const of = x(0);
    const op = (name: string, ...inputs: (Tensor | number)[]): Tensor =>
      eager.elementwise(
        name,
        inputs.map((input) => (typeof input === 'number' ? eager.scalar(input, of) : input)),
      );
    return write({ eager, x: of, op, attribute: (name, fallback) => readFloat(node, name, fallback) });
  },
});

/** x above zero, `below` elsewhere; both are computed, so neither may be NaN where it is not taken. */
const above = (op: Parameters<Formula>[0]['op'], x: Tensor, below: Tensor): Tensor =>
  op('SelectV2', op('Greater', x, 0), x, below);
/** α(eˣ − 1) for the numbers below zero. */
const bent = (op: Parameters<Formula>[0]['op'], x: Tensor, alpha: number): Tensor =>
  op('Mul', op('Expm1', op('Minimum', x, 0)), alpha);
const clipped = (op: Parameters<Formula>[0]['op'], x: Tensor): Tensor =>
  op('Minimum', op('Maximum', x, 0), 1);

export const unaries: readonly Operator[] = [
  ...[
    'Abs',
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'Ceil',
    'Cos',
    'Cosh',
    'Erf',
    'Exp',
    'Floor',
    'Log',
    'Neg',
    'Reciprocal',
    'Relu',
    'Sigmoid',
    'Sign',
    'Sin',
    'Sinh',
    'Softplus',
    'Softsign',
    'Sqrt',
    'Tan',
    'Tanh',
  ].map((key) => named(key)),
  named('Not', 'LogicalNot'),
  named('IsNaN', 'IsNan'),
  // Half to even, as ONNX.
  named('Round', 'Rint'),
  { key: 'Identity', run: ({ x }) => x(0) },
  {
    key: 'Dropout',
    limits: 'not with `training_mode`',
    run: ({ eager, inputs, x, node }) => {
      if (inputs[2]?.values()[0] === 1)
        throw new Error('training_mode is not here; masks are inputs of programs');
      if ((node.outputs[1] ?? '') === '') return x(0);
      return [x(0), eager.cast(eager.op('OnesLike', [x(0)]), 'bool')];
    },
  },
  { key: 'Cast', run: ({ node, eager, x }) => eager.cast(x(0), onnxType(readInt(node, 'to', 1))) },
  {
    key: 'IsInf',
    run: ({ node, eager, x }) => {
      const [below, over] = [
        readInt(node, 'detect_negative', 1) === 1,
        readInt(node, 'detect_positive', 1) === 1,
      ];
      const zero = eager.scalar(0, x(0));
      const wanted =
        below && over
          ? eager.op('Equal', [zero, zero])
          : eager.elementwise(below ? 'Less' : 'Greater', [x(0), zero]);
      return eager.elementwise('LogicalAnd', [
        eager.elementwise('IsInf', [x(0)]),
        below || over ? wanted : eager.elementwise('IsNan', [x(0)]),
      ]);
    },
  },
  {
    key: 'LeakyRelu',
    run: ({ node, eager, x }) =>
      eager.elementwise('LeakyRelu', [x(0)], real('alpha', readFloat(node, 'alpha', 0.01))),
  },
  formula('Elu', ({ x, op, attribute }) => above(op, x, bent(op, x, attribute('alpha', 1)))),
  formula('Selu', ({ x, op, attribute }) =>
    op(
      'Mul',
      above(op, x, bent(op, x, attribute('alpha', 1.6732631921768188))),
      attribute('gamma', 1.0507010221481323),
    ),
  ),
  formula('Celu', ({ x, op, attribute }) =>
    above(op, x, bent(op, op('RealDiv', x, attribute('alpha', 1)), attribute('alpha', 1))),
  ),
  formula('HardSigmoid', ({ x, op, attribute }) =>
    clipped(op, op('AddV2', op('Mul', x, attribute('alpha', 0.2)), attribute('beta', 0.5))),
  ),
  formula('HardSwish', ({ x, op }) => op('Mul', x, clipped(op, op('AddV2', op('Mul', x, 1 / 6), 0.5)))),
  formula('Mish', ({ x, op }) => op('Mul', x, op('Tanh', op('Softplus', x)))),
  formula('ThresholdedRelu', ({ x, op, attribute }) =>
    op('SelectV2', op('Greater', x, attribute('alpha', 1)), x, op('ZerosLike', x)),
  ),
  {
    key: 'Gelu',
    run: (work) => {
      const tanh = readText(work.node, 'approximate', 'none') === 'tanh';
      return formula('Gelu', ({ x, op }) => {
        const inner = tanh
          ? op(
              'Tanh',
              op(
                'Mul',
                op('AddV2', x, op('Mul', op('Mul', op('Mul', x, x), x), 0.044715)),
                Math.sqrt(2 / Math.PI),
              ),
            )
          : op('Erf', op('Mul', x, Math.SQRT1_2));
        return op('Mul', op('Mul', x, 0.5), op('AddV2', inner, 1));
      }).run(work);
    },
  },
];

/** The element type with a number of ONNX. */
export function onnxType(code: number): Tensor['dataType'] {
  const found = ONNX_TYPES[code];
  if (found === undefined) throw new Error(`elements of ONNX type ${code} are not here`);
  return found;
}

const ONNX_TYPES: readonly (Tensor['dataType'] | undefined)[] = [
  undefined,
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  undefined,
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  undefined,
  undefined,
  'bfloat16',
];
