import { arriving, type GradientRule } from '../gradient.rule.js';
import { readInt } from '../node.attributes.js';

export const softmaxes: readonly GradientRule[] = [
  {
    // y ⊙ (g − Σ g ⊙ y)
    key: 'Softmax',
    backward(at) {
      const { write, node } = at;
      const [g, y] = [arriving(at), node.outputs[0] ?? ''];
      const mean = write.sum(write.op('Mul', [g, y]), [readInt(node, 'axis', -1)]);
      return [write.op('Mul', [y, write.op('Sub', [g, mean])])];
    },
  },
  {
    // g − softmax ⊙ Σ g
    key: 'LogSoftmax',
    backward(at) {
      const { write, node } = at;
      const [g, y] = [arriving(at), node.outputs[0] ?? ''];
      return [
        write.op('Sub', [
          g,
          write.op('Mul', [write.op('Exp', [y]), write.sum(g, [readInt(node, 'axis', -1)])]),
        ]),
      ];
    },
  },
];
