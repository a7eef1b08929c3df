import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule } from '../gradient.rule.js';
import { textOf } from '../node.attributes.js';

/** Nearest neighbours by whole factors repeat each element over a block: the gradient is the block's sum. */
const resize: GradientRule = {
  key: 'Resize',
  backward(at) {
    const { write, node } = at;
    const factors = blockFactors(at);
    const block = factors.slice(2);
    const mean = write.op('AveragePool', [arriving(at)], { kernel_shape: block, strides: block });
    return [write.op('Mul', [mean, write.scalar(block.reduce((a, b) => a * b, 1), node.outputs[0] ?? '')])];
  },
};

function blockFactors({ write, node }: Backward): number[] {
  const [mode, transform, nearest] = [textOf(node, 'mode', 'nearest'), textOf(node, 'coordinate_transformation_mode', 'half_pixel'), textOf(node, 'nearest_mode', 'round_prefer_floor')];
  const blocks = (transform === 'asymmetric' && nearest === 'floor') || (transform === 'half_pixel' && nearest.startsWith('round'));
  const scales = write.constantOf(node.inputs[2] ?? '');
  if (mode !== 'nearest' || !blocks || node.attributes['axes'] !== undefined) throw gradientFormUnsupported(node, `mode ${mode}, ${transform}, ${nearest}; only nearest in whole blocks has one`);
  const factors = scales === undefined ? [] : Array.from(scales.data as Float32Array);
  if (factors.length < 3 || factors[0] !== 1 || factors[1] !== 1 || !factors.every((factor) => Number.isInteger(factor) && factor >= 1)) {
    throw gradientFormUnsupported(node, `scales [${factors.join(', ')}]; only constant whole factors of the positions have one`);
  }
  return factors;
}

export const resizes: readonly GradientRule[] = [resize];
