import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';

/** The positions of one map, as float: elements of the input over elements of the output. */
function positions({ write, node }: Backward, x: string): string {
  const count = write.op('Div', [write.op('Size', [x]), write.op('Size', [node.outputs[0] ?? ''])]);
  return write.op('Cast', [count], { to: write.getType(x) === 'float64' ? 11 : 1 });
}

export const globalPools: readonly GradientRule[] = [
  {
    key: 'GlobalAveragePool',
    backward(at) {
      const { write, node } = at;
      const x = findInput(node, 0);
      return [write.op('Expand', [write.op('Div', [arriving(at), positions(at, x)]), write.shape(x)])];
    },
  },
  {
    // Shared evenly by the positions that reach the maximum.
    key: 'GlobalMaxPool',
    backward(at) {
      const { write, node } = at;
      const x = findInput(node, 0);
      const mask = write.mask(write.op('Equal', [x, node.outputs[0] ?? '']), x);
      const count = write.op('Mul', [write.op('GlobalAveragePool', [mask]), positions(at, x)]);
      return [write.op('Mul', [mask, write.op('Div', [arriving(at), count])])];
    },
  },
];
