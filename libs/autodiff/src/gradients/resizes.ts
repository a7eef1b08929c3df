import { gradientFormUnsupported } from '../gradient.errors.js';
import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readText } from '../node.attributes.js';

/** Nearest neighbours by whole factors repeat each element over a block: the gradient is the block's sum. */
const resize: GradientRule = {
  key: 'Resize',
  limits:
    'not with `axes`, `keep_aspect_ratio_policy` or `tf_crop_and_resize`; the rank of its input must be ' +
    'known',
  backward(at) {
    const { write, node } = at;
    const factors = blockFactors(at);
    if (factors === undefined) return [byMatrices(at)];
    const block = factors.slice(2);
    const mean = write.op('AveragePool', [arriving(at)], { kernel_shape: block, strides: block });
    return [
      write.op('Mul', [
        mean,
        write.scalar(
          block.reduce((a, b) => a * b, 1),
          node.outputs[0] ?? '',
        ),
      ]),
    ];
  },
};

/** The whole factors by which each element is repeated, where that is all that happens. */
function blockFactors({ write, node }: Backward): number[] | undefined {
  const [mode, transform, nearest] = [
    readText(node, 'mode', 'nearest'),
    readText(node, 'coordinate_transformation_mode', 'half_pixel'),
    readText(node, 'nearest_mode', 'round_prefer_floor'),
  ];
  const blocks =
    (transform === 'asymmetric' && nearest === 'floor') ||
    (transform === 'half_pixel' && nearest.startsWith('round'));
  const scales = write.findConstant(node.inputs[2] ?? '');
  const factors = scales === undefined ? [] : Array.from(scales.data as Float32Array);
  const whole =
    factors.length >= 3 &&
    factors[0] === 1 &&
    factors[1] === 1 &&
    factors.every((factor) => Number.isInteger(factor) && factor >= 1);
  return mode === 'nearest' && blocks && whole && node.attributes['axes'] === undefined ? factors : undefined;
}

/**
 * Resizing works axis by axis: resizing an identity matrix along one axis gives that axis' weights [to,
 * from], and the gradient is their transposed product.
 */
function byMatrices(at: Backward): string {
  const { write, node } = at;
  const x = findInput(node, 0);
  const rank = write.findDims(x)?.length;
  const refused = ['axes', 'keep_aspect_ratio_policy'].find(
    (name) => node.attributes[name] !== undefined && node.attributes[name] !== 'stretch',
  );
  if (refused !== undefined) throw gradientFormUnsupported(node, refused);
  if (readText(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_crop_and_resize')
    throw gradientFormUnsupported(node, 'tf_crop_and_resize');
  if (rank === undefined || rank < 3)
    throw gradientFormUnsupported(
      node,
      `an input of ${rank === undefined ? 'unknown rank' : `rank ${rank}`}; it takes [n, channels, ` +
        '…positions]',
    );
  let gradient = arriving(at);
  for (let axis = 2; axis < rank; axis++) {
    const last = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
    const turn = (tensor: string): string =>
      axis === rank - 1 ? tensor : write.op('Transpose', [tensor], { perm: last });
    gradient = turn(write.op('MatMul', [turn(gradient), weightsAlong(at, x, axis)]));
  }
  return gradient;
}

function weightsAlong({ write, node }: Backward, x: string, axis: number): string {
  const size = write.op('Slice', [write.shape(x), write.ints([axis]), write.ints([axis + 1])]);
  const square = write.op('Concat', [size, size], { axis: 0 });
  const zeros = write.op('ConstantOfShape', [square], {
    value: { tensor: { dataType: 'float32', dims: [1], data: Float32Array.of(0) } },
  });
  const identity = write.op('EyeLike', [zeros], { dtype: 1 });
  const [scales, sizes] = [node.inputs[2] ?? '', node.inputs[3] ?? ''];
  const own = (list: string): string => write.op('Slice', [list, write.ints([axis]), write.ints([axis + 1])]);
  const { axes: _, ...attributes } = node.attributes;
  const inputs =
    scales === ''
      ? [identity, '', '', write.op('Concat', [own(sizes), size], { axis: 0 })]
      : [
          identity,
          '',
          write.op('Concat', [own(scales), write.op('Cast', [write.ints([1])], { to: 1 })], { axis: 0 }),
        ];
  const weights = write.op('Resize', inputs, attributes);
  return write.getType(x) === 'float64' ? write.op('Cast', [weights], { to: 11 }) : weights;
}

export const resizes: readonly GradientRule[] = [resize];
