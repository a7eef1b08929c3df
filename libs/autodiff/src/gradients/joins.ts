import { arriving, type GradientRule } from '../gradient.rule.js';
import { readInt } from '../node.attributes.js';

export const joins: readonly GradientRule[] = [
  {
    key: 'Concat',
    backward(at) {
      const { write, node } = at;
      const axis = readInt(node, 'axis', 0);
      const sizes = node.inputs.map((input) => write.op('Gather', [write.shape(input), write.ints([axis])]));
      if (sizes.length === 1) return [arriving(at)];
      const parts = write.ops(
        'Split',
        [arriving(at), write.op('Concat', sizes, { axis: 0 })],
        { axis },
        sizes.length,
      );
      return parts;
    },
  },
  {
    key: 'Split',
    backward(at) {
      const { write, node } = at;
      const parts = node.outputs.map((output, i) => at.cotangent(i) ?? write.zerosLike(output));
      return [write.op('Concat', parts, { axis: readInt(node, 'axis', 0) })];
    },
  },
];
