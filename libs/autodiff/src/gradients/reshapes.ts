import { arriving, type GradientRule, findInput } from '../gradient.rule.js';
import { readInts } from '../node.attributes.js';

/** Operators that keep the elements and their order: the gradient takes the input's shape again. */
const reshape = (key: string): GradientRule => ({
  key,
  backward: (at) => [at.write.reshapeLike(arriving(at), findInput(at.node, 0))],
});

export const reshapes: readonly GradientRule[] = [
  reshape('Flatten'),
  reshape('Reshape'),
  reshape('Squeeze'),
  reshape('Unsqueeze'),
  { key: 'Expand', backward: (at) => [at.write.sumTo(arriving(at), findInput(at.node, 0))] },
  {
    key: 'Transpose',
    backward(at) {
      const perm = readInts(at.node, 'perm');
      const inverse = perm?.map((_, i) => perm.indexOf(i));
      return [at.write.op('Transpose', [arriving(at)], inverse === undefined ? {} : { perm: inverse })];
    },
  },
];
