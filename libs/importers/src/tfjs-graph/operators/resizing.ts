import { float32, type Attributes } from '@noema/onnx';
import { formUnsupported } from '../graph.errors.js';
import { fixedNumbers, type GraphWriter } from '../graph.writer.js';
import { isFixed, type Size } from '../sizes.js';
import type { Value } from '../value.js';
import type { OperatorTable, Translate } from './operator.js';
import { planes } from './windows.js';

/** Factors of height and width if the runtime computes the wanted sizes from them as float32. */
function findScales(from: readonly number[], to: readonly number[]): number[] | undefined {
  const scales = from.map((size, i) => Math.fround(to[i]! / size));
  return from.every((size, i) => Math.floor(Math.fround(size * scales[i]!)) === to[i]) ? scales : undefined;
}

function resized(write: GraphWriter, x: Value, to: readonly number[], attributes: Attributes): Value {
  const [samples, height, width, channels] = x.dims as [Size, number, number, number];
  const scales = findScales([height, width], to);
  const form = { dims: [samples, ...to, channels], isChannelsFirst: true };
  const sizes =
    scales === undefined
      ? ['', '', write.sizeList([samples, channels, ...to])]
      : ['', write.builder.constant(float32([1, 1, ...scales]))];
  return write.made('Resize', [write.first(x), ...sizes], form, attributes);
}

/** Where the centre of a pixel is. */
const coordinates = (isAligned: boolean, hasHalfPixels: boolean): string =>
  isAligned ? 'align_corners' : hasHalfPixels ? 'half_pixel' : 'asymmetric';

const resize =
  (mode: 'linear' | 'nearest'): Translate =>
  (node, [x, sizeValue], write) => {
    planes(node, x!);
    const [isAligned, hasHalfPixels] = [
      node.attributes.bool('align_corners'),
      node.attributes.bool('half_pixel_centers'),
    ];
    const nearest = isAligned || hasHalfPixels ? 'round_prefer_ceil' : 'floor';
    return resized(write, x!, fixedNumbers(node, sizeValue, 'size'), {
      mode,
      coordinate_transformation_mode: coordinates(isAligned, hasHalfPixels),
      ...(mode === 'nearest' && { nearest_mode: nearest }),
    });
  };

const blocks =
  (opType: 'DepthToSpace' | 'SpaceToDepth'): Translate =>
  (node, [x], write) => {
    planes(node, x!);
    const blocksize = node.attributes.int('block_size', 2);
    const [samples, height, width, channels] = x!.dims as [Size, number, number, number];
    const by = opType === 'DepthToSpace' ? blocksize : 1 / blocksize;
    const dims = [samples, height * by, width * by, channels / by ** 2];
    if (!dims.slice(1).every((size) => isFixed(size) && Number.isInteger(size)))
      throw formUnsupported(node, `has blocks of ${blocksize}, which its input does not fit`);
    return write.made(opType, [write.first(x!)], { dims, isChannelsFirst: true }, { blocksize });
  };

/** Planes in other sizes. */
export const resizing: OperatorTable = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  DepthToSpace: blocks('DepthToSpace'),
  SpaceToDepth: blocks('SpaceToDepth'),
};
