import type { Node } from '@noema/onnx';
import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type GradientRule, findInput } from '../gradient.rule.js';
import { readText } from '../node.attributes.js';

/**
 * Each operand's gradient is an Einsum too: the cotangent with the other operands, summed to the operand's
 * letters.
 */
const einsum: GradientRule = {
  key: 'Einsum',
  limits: 'not with an ellipsis or a diagonal',
  backward(at) {
    const { write, node } = at;
    const { terms, result } = read(node);
    return node.inputs.map((input, i) => {
      if (!at.wants(i)) return undefined;
      const others = terms.flatMap((term, j) => (j === i ? [] : [{ term, tensor: findInput(node, j) }]));
      const known = new Set([result, ...others.map(({ term }) => term)].join(''));
      const letters = Array.from(terms[i]!);
      // Letters that only this operand has were summed over: the gradient is the same along them.
      const alone = letters.flatMap((letter, axis) => (known.has(letter) ? [] : [axis]));
      const kept = letters.filter((letter) => known.has(letter)).join('');
      const equation = `${[result, ...others.map(({ term }) => term)].join(',')}->${kept}`;
      const gradient = write.op('Einsum', [arriving(at), ...others.map(({ tensor }) => tensor)], {
        equation,
      });
      return alone.length === 0
        ? gradient
        : write.op('Expand', [write.op('Unsqueeze', [gradient, write.ints(alone)]), write.shape(input)]);
    });
  },
};

function read(node: Node): { terms: string[]; result: string } {
  const [left = '', right] = readText(node, 'equation', '').replaceAll(' ', '').split('->');
  const terms = left.split(',');
  const repeated = terms.find((term) => new Set(term).size < term.length);
  if (left.includes('.')) throw gradientFormUnsupported(node, `"${left}", which has an ellipsis`);
  if (repeated !== undefined) throw gradientFormUnsupported(node, `"${repeated}", which takes a diagonal`);
  // Without a right side the result has the letters that occur once, in their order.
  const once = [...new Set(terms.join(''))]
    .filter((letter) => terms.join('').split(letter).length === 2)
    .sort()
    .join('');
  return { terms, result: right ?? once };
}

export const einsums: readonly GradientRule[] = [einsum];
