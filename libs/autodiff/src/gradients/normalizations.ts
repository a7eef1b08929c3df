import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readFloat, readInt } from '../node.attributes.js';

/** The form with given moments: y = s (x − μ) / √(σ² + ε) + b. */
const batchNormalization: GradientRule = {
  key: 'BatchNormalization',
  limits: 'not with `training_mode`; the rank of its input must be known',
  backward(at) {
    const { write, node } = at;
    if (readInt(node, 'training_mode', 0) === 1)
      throw gradientFormUnsupported(node, 'training_mode; write the batch moments in operators');
    const [g, x] = [arriving(at), findInput(node, 0)];
    const rank = write.findDims(x)?.length;
    if (rank === undefined) throw gradientFormUnsupported(node, 'an input of unknown rank');
    const spatial = Array.from({ length: rank - 2 }, (_, i) => i + 2);
    const perMap = (i: number): string =>
      rank === 2
        ? findInput(node, i)
        : write.op('Unsqueeze', [findInput(node, i), write.ints(spatial.map((axis) => axis - 1))]);
    const inverse = write.op('Reciprocal', [
      write.op('Sqrt', [write.op('Add', [perMap(4), write.scalar(readFloat(node, 'epsilon', 1e-5), x)])]),
    ]);
    const centred = write.op('Sub', [x, perMap(3)]);
    const scaled = write.op('Mul', [g, write.op('Mul', [perMap(1), inverse])]);
    const total = (tensor: string): string => write.sum(tensor, [0, ...spatial], 0);
    const byVariance = (): string =>
      write.op('Mul', [
        total(write.op('Mul', [scaled, write.op('Mul', [centred, write.op('Mul', [inverse, inverse])])])),
        write.scalar(-0.5, x),
      ]);
    return [
      at.wants(0) ? scaled : undefined,
      at.wants(1) ? total(write.op('Mul', [g, write.op('Mul', [centred, inverse])])) : undefined,
      at.wants(2) ? total(g) : undefined,
      at.wants(3) ? write.op('Neg', [total(scaled)]) : undefined,
      at.wants(4) ? byVariance() : undefined,
    ];
  },
};

/** With x̂ the normalised input and h = g s: (h − mean h − x̂ mean(h x̂)) / σ (Ba, Kiros & Hinton, 2016). */
function normalized(
  at: Backward,
  x: string,
  h: string,
  axes: readonly number[],
): { readonly unit: string; readonly own: () => string } {
  const { write, node } = at;
  const mean = (tensor: string): string => write.op('Div', [write.sum(tensor, axes), extent(at, axes, x)]);
  const centred = write.op('Sub', [x, mean(x)]);
  const variance = mean(write.op('Mul', [centred, centred]));
  const inverse = write.op('Reciprocal', [
    write.op('Sqrt', [write.op('Add', [variance, write.scalar(readFloat(node, 'epsilon', 1e-5), x)])]),
  ]);
  const unit = write.op('Mul', [centred, inverse]);
  return {
    unit,
    own() {
      const along = write.op('Mul', [unit, mean(write.op('Mul', [h, unit]))]);
      return write.op('Mul', [write.op('Sub', [write.op('Sub', [h, mean(h)]), along]), inverse]);
    },
  };
}

const layerNormalization: GradientRule = {
  key: 'LayerNormalization',
  backward(at) {
    const { write, node } = at;
    const [g, x, scale, bias] = [arriving(at), findInput(node, 0), findInput(node, 1), node.inputs[2]];
    const { unit, own } = normalized(at, x, write.op('Mul', [g, scale]), normalizedAxes(at, scale));
    return [
      at.wants(0) ? own() : undefined,
      at.wants(1) ? write.sumTo(write.op('Mul', [g, unit]), scale) : undefined,
      at.wants(2) && bias !== undefined ? write.sumTo(g, bias) : undefined,
    ];
  },
};

/**
 * Each map of each sample by itself (Ulyanov et al., 2016), or the maps of each group together (Wu & He,
 * 2018).
 */
const byMaps = (key: 'InstanceNormalization' | 'GroupNormalization'): GradientRule => ({
  key,
  limits: 'the rank of its input must be known',
  backward(at) {
    const { write, node } = at;
    const [g, x, scale] = [arriving(at), findInput(node, 0), findInput(node, 1)];
    const rank = write.findDims(x)?.length;
    if (rank === undefined) throw gradientFormUnsupported(node, 'an input of unknown rank');
    const spatial = Array.from({ length: rank - 2 }, (_, i) => i + 2);
    const perMap = write.op('Unsqueeze', [
      writePerMap(at, scale, x),
      write.ints(spatial.map((axis) => axis - 1)),
    ]);
    const whole =
      key === 'InstanceNormalization' ? undefined : write.ints([0, readInt(node, 'num_groups', 1), -1]);
    const [source, h] = [x, write.op('Mul', [g, perMap])].map((tensor) =>
      whole === undefined ? tensor : write.op('Reshape', [tensor, whole]),
    ) as [string, string];
    const { unit, own } = normalized(at, source, h, whole === undefined ? spatial : [2]);
    const total = (tensor: string, operand: string): string =>
      groupSums(at, write.sum(tensor, [0, ...spatial], 0), operand);
    return [
      at.wants(0) ? write.reshapeLike(own(), x) : undefined,
      at.wants(1) ? total(write.op('Mul', [g, write.reshapeLike(unit, x)]), scale) : undefined,
      at.wants(2) ? total(g, findInput(node, 2)) : undefined,
    ];
  },
});

/** One number for each map; before opset 21 GroupNormalization has one for each group. */
function writePerMap({ write }: Backward, scale: string, x: string): string {
  const maps = write.op('Slice', [write.shape(x), write.ints([1]), write.ints([2])]);
  const repeats = write.op('Div', [maps, write.shape(scale)]);
  return write.op('Reshape', [
    write.op('Expand', [
      write.op('Unsqueeze', [scale, write.ints([1])]),
      write.op('Concat', [write.ints([1]), repeats], { axis: 0 }),
    ]),
    write.ints([-1]),
  ]);
}

const groupSums = ({ write }: Backward, perMap: string, operand: string): string =>
  write.sum(
    write.op('Reshape', [perMap, write.op('Concat', [write.shape(operand), write.ints([-1])], { axis: 0 })]),
    [1],
    0,
  );

/** The last axes, counted from the end. */
function normalizedAxes({ write, node }: Backward, scale: string): number[] {
  const axis = readInt(node, 'axis', -1);
  const count = axis < 0 ? -axis : write.findDims(scale)?.length;
  if (count === undefined) throw gradientFormUnsupported(node, `axis ${axis} and a scale of unknown rank`);
  return Array.from({ length: count }, (_, i) => i - count);
}

/** The number of elements along the axes, as float. */
function extent({ write }: Backward, axes: readonly number[], x: string): string {
  const sizes = write.op('Gather', [write.shape(x), write.ints(axes)]);
  return write.op('Cast', [write.op('ReduceProd', [sizes], { keepdims: 0 })], {
    to: write.getType(x) === 'float64' ? 11 : 1,
  });
}

export const normalizations: readonly GradientRule[] = [
  batchNormalization,
  layerNormalization,
  byMaps('InstanceNormalization'),
  byMaps('GroupNormalization'),
];
