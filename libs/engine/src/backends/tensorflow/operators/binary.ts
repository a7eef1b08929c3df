import { readFloat, readInt } from '@noema/autodiff';
import type { Eager } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';

const binary = (key: string, name = key): Operator => ({
  key,
  run: ({ eager, x }) => eager.elementwise(name, [x(0), x(1)]),
});

/** An operator that takes any number of inputs, two by two. */
const folded = (
  key: string,
  name: string,
  last: (eager: Eager, sum: Tensor, count: number) => Tensor = (_, sum) => sum,
): Operator => ({
  key,
  run: ({ eager, inputs, x }) =>
    last(
      eager,
      inputs.slice(1).reduce<Tensor>((a, b) => eager.elementwise(name, [a, b!]), x(0)),
      inputs.length,
    ),
});

const isFloat = ({ dataType }: Tensor): boolean => dataType.includes('float');

export const binaries: readonly Operator[] = [
  binary('Add', 'AddV2'),
  binary('Sub'),
  binary('Mul'),
  binary('Equal'),
  binary('Greater'),
  binary('GreaterOrEqual', 'GreaterEqual'),
  binary('Less'),
  binary('LessOrEqual', 'LessEqual'),
  binary('And', 'LogicalAnd'),
  binary('Or', 'LogicalOr'),
  binary('Xor', 'NotEqual'),
  folded('Max', 'Maximum'),
  folded('Min', 'Minimum'),
  folded('Sum', 'AddV2'),
  folded('Mean', 'AddV2', (eager, sum, count) =>
    eager.elementwise('RealDiv', [sum, eager.scalar(count, sum)]),
  ),
  // Whole numbers are cut towards zero.
  {
    key: 'Div',
    run: ({ eager, x }) => eager.elementwise(isFloat(x(0)) ? 'RealDiv' : 'TruncateDiv', [x(0), x(1)]),
  },
  {
    key: 'Mod',
    run: ({ node, eager, x }) =>
      eager.elementwise(readInt(node, 'fmod', 0) === 1 ? 'TruncateMod' : 'FloorMod', [x(0), x(1)]),
  },
  { key: 'Pow', run: ({ eager, x }) => eager.elementwise('Pow', [x(0), eager.cast(x(1), x(0).dataType)]) },
  { key: 'Where', run: ({ eager, x }) => eager.elementwise('SelectV2', [x(0), x(1), x(2)]) },
  {
    key: 'PRelu',
    run: ({ eager, x }) => {
      const zero = eager.scalar(0, x(0));
      const [over, below] = [
        eager.elementwise('Maximum', [x(0), zero]),
        eager.elementwise('Minimum', [x(0), zero]),
      ];
      return eager.elementwise('AddV2', [over, eager.elementwise('Mul', [below, x(1)])]);
    },
  },
  {
    key: 'Clip',
    run: ({ node, eager, inputs, x }) => {
      const bound = (i: number, attribute: string): Tensor | undefined =>
        inputs[i] ??
        (node.attributes[attribute] === undefined
          ? undefined
          : eager.scalar(readFloat(node, attribute, 0), x(0)));
      const [least, most] = [bound(1, 'min'), bound(2, 'max')];
      const raised = least === undefined ? x(0) : eager.elementwise('Maximum', [x(0), least]);
      return most === undefined ? raised : eager.elementwise('Minimum', [raised, most]);
    },
  },
];
