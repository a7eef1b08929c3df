import { arriving, type GradientRule, findInput } from '../gradient.rule.js';

/**
 * Max and Min of any number of operands: the gradient goes to the first operand that has the extreme value.
 */
const extremum = (key: string): GradientRule => ({
  key,
  backward(at) {
    const { write, node } = at;
    const [g, y] = [arriving(at), node.outputs[0] ?? ''];
    let free: string | undefined;
    return node.inputs.map((input, i) => {
      const equal = write.op('Equal', [input, y]);
      const mine = free === undefined ? equal : write.op('And', [equal, free]);
      const taken = write.op('Not', [equal]);
      free = free === undefined ? taken : write.op('And', [free, taken]);
      return at.wants(i) ? write.sumTo(write.op('Where', [mine, g, write.scalar(0, g)]), input) : undefined;
    });
  },
});

/** Passes the gradient where the value is inside the bounds, the bounds themselves included. */
const clip: GradientRule = {
  key: 'Clip',
  backward(at) {
    const { write, node } = at;
    const [g, x] = [arriving(at), findInput(node, 0)];
    const bound = (i: number, operator: string): string[] => {
      const limit = node.inputs[i];
      return limit === undefined || limit === '' ? [] : [write.op(operator, [x, limit])];
    };
    const inside = [...bound(1, 'GreaterOrEqual'), ...bound(2, 'LessOrEqual')];
    return [
      inside.length === 0
        ? g
        : write.op('Where', [inside.reduce((a, b) => write.op('And', [a, b])), g, write.scalar(0, g)]),
    ];
  },
};

export const extrema: readonly GradientRule[] = [extremum('Max'), extremum('Min'), clip];
