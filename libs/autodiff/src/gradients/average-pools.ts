import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import type { GradientWriter } from '../gradient.writer.js';
import { readInt } from '../node.attributes.js';
import { type Geometry, readGeometry } from './convolution.geometry.js';
import { inputGradient } from './convolutions.js';

/** A mean over windows is a convolution by ones, map by map, divided by the size of each window. */
const averagePool: GradientRule = {
  key: 'AveragePool',
  limits: 'not with `ceil_mode`',
  backward(at) {
    const { write, node } = at;
    if (readInt(node, 'ceil_mode', 0) === 1) throw gradientFormUnsupported(node, 'ceil_mode');
    const [g, x] = [arriving(at), findInput(node, 0)];
    const geometry = readGeometry(node, write, { x });
    const maps = mapByMap(write, x, geometry);
    const share = mapByMap(write, write.op('Div', [g, windowSize(at, geometry, x)]), geometry);
    return [
      write.reshapeLike(
        inputGradient(write, { ...geometry, group: 1 }, { g: share, w: ones(write, geometry, x), x: maps }),
        x,
      ),
    ];
  },
};

/** [n, c, …] as [n·c, 1, …]. */
function mapByMap(write: GradientWriter, tensor: string, { kernel }: Geometry): string {
  const spatial = write.op('Slice', [write.shape(tensor), write.ints([2]), write.ints([2 + kernel.length])]);
  return write.op('Reshape', [tensor, write.op('Concat', [write.ints([-1, 1]), spatial], { axis: 0 })]);
}

const ones = (write: GradientWriter, { kernel }: Geometry, like: string): string =>
  write.op('Expand', [write.scalar(1, like), write.ints([1, 1, ...kernel])]);

/**
 * Returns the number of positions that each window averages: all of the kernel, or only the ones inside the
 * input.
 */
function windowSize({ write, node }: Backward, geometry: Geometry, x: string): string {
  const { kernel, strides, dilations, pads } = geometry;
  if (readInt(node, 'count_include_pad', 0) === 1 || pads.every((pad) => pad === 0))
    return write.scalar(
      kernel.reduce((a, b) => a * b, 1),
      x,
    );
  const spatial = write.op('Slice', [write.shape(x), write.ints([2]), write.ints([2 + kernel.length])]);
  const inside = write.op('Expand', [
    write.scalar(1, x),
    write.op('Concat', [write.ints([1, 1]), spatial], { axis: 0 }),
  ]);
  return write.op('Conv', [inside, ones(write, geometry, x)], { strides, dilations, pads });
}

export const averagePools: readonly GradientRule[] = [averagePool];
