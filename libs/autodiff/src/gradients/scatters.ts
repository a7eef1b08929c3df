import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type GradientRule, findInput } from '../gradient.rule.js';
import { readInt, readText } from '../node.attributes.js';

const gatherElements: GradientRule = {
  key: 'GatherElements',
  backward(at) {
    const { write, node } = at;
    const [x, indices] = [findInput(node, 0), findInput(node, 1)];
    return [
      write.op('ScatterElements', [write.zerosLike(x), indices, arriving(at)], {
        axis: readInt(node, 'axis', 0),
        reduction: 'add',
      }),
    ];
  },
};

/** Overwritten elements have no gradient; written elements have the gradient of their positions. */
const scatter = (
  key: 'ScatterElements' | 'ScatterND',
  gatherer: 'GatherElements' | 'GatherND',
): GradientRule => ({
  key,
  limits: '`reduction` none or add',
  backward(at) {
    const { write, node } = at;
    const reduction = readText(node, 'reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add')
      throw gradientFormUnsupported(node, `reduction "${reduction}"`);
    const [g, indices, updates] = [arriving(at), findInput(node, 1), findInput(node, 2)];
    const axis = key === 'ScatterElements' ? { axis: readInt(node, 'axis', 0) } : {};
    return [
      !at.wants(0)
        ? undefined
        : reduction === 'add'
          ? g
          : write.op(key, [g, indices, write.zerosLike(updates)], axis),
      undefined,
      at.wants(2) ? write.op(gatherer, [g, indices], axis) : undefined,
    ];
  },
});

const topK: GradientRule = {
  key: 'TopK',
  backward(at) {
    const { write, node } = at;
    return [
      write.op(
        'ScatterElements',
        [write.zerosLike(findInput(node, 0)), node.outputs[1] ?? '', arriving(at)],
        {
          axis: readInt(node, 'axis', -1),
          reduction: 'add',
        },
      ),
    ];
  },
};

const trilu: GradientRule = {
  key: 'Trilu',
  backward: (at) => [at.write.op('Trilu', [arriving(at), ...at.node.inputs.slice(1)], at.node.attributes)],
};

/** Sums from the other end. */
const cumSum: GradientRule = {
  key: 'CumSum',
  backward: (at) => [
    at.write.op('CumSum', [arriving(at), findInput(at.node, 1)], {
      ...at.node.attributes,
      reverse: 1 - readInt(at.node, 'reverse', 0),
    }),
  ],
};

export const scatters: readonly GradientRule[] = [
  gatherElements,
  scatter('ScatterElements', 'GatherElements'),
  scatter('ScatterND', 'GatherND'),
  topK,
  trilu,
  cumSum,
];
