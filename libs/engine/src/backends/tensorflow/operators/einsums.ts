import { readText } from '@noema/autodiff';
import type { Node } from '@noema/onnx';
import { int, text, type } from '../eager.js';
import type { Operator } from '../operator.js';
import type { Tensor } from '../tensor.js';

const readEquation = (node: Node): string => readText(node, 'equation', '').replaceAll(' ', '');

/**
 * TensorFlow accepts at most two operands. With more, the first two are contracted to one with the labels
 * that are needed later.
 */
const einsum: Operator = {
  key: 'Einsum',
  limits: 'of three or more operands, or without a right side, not with an ellipsis',
  refuses: (node) => {
    const equation = readEquation(node);
    return equation.includes('...') && (!equation.includes('->') || node.inputs.length > 2)
      ? `the equation "${equation}"`
      : undefined;
  },
  run: ({ node, eager, inputs, x }) => {
    const equation = readEquation(node);
    const left = equation.split('->')[0]!.split(',');
    const result = equation.includes('->') ? equation.split('->')[1]! : once(left.join(''));
    const product = (operands: readonly Tensor[], labels: readonly string[], to: string): Tensor =>
      eager.op('Einsum', operands, [
        ...int('N', operands.length),
        ...type('T', operands[0]!.dataType),
        ...text('equation', `${labels.join()}->${to}`),
      ]);
    let [operands, labels] = [inputs.map((_, i) => x(i)), left];
    while (operands.length > 2) {
      const [a, b, ...later] = labels as [string, string, ...string[]];
      const kept = [...new Set(a + b)]
        .filter((label) => result.includes(label) || later.some((other) => other.includes(label)))
        .join('');
      [operands, labels] = [
        [product(operands.slice(0, 2), [a, b], kept), ...operands.slice(2)],
        [kept, ...later],
      ];
    }
    return product(operands, labels, result);
  },
};

/** Labels that occur once, in the order of the alphabet: the right side of an equation without one. */
const once = (labels: string): string =>
  [...labels]
    .filter((label) => labels.indexOf(label) === labels.lastIndexOf(label))
    .sort()
    .join('');

export const einsums: readonly Operator[] = [einsum];
