import { readInt, readInts, readText } from '@noema/autodiff';
import type { Operator, Work } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { normalizeAxis } from './axes.js';

type Place = (to: number, scale: number, sizes: { readonly from: number; readonly to: number }) => number;

/** Coordinate of an output element in the input, by ONNX's mode names. */
const places: Readonly<Record<string, Place>> = {
  half_pixel: (to, scale) => (to + 0.5) / scale - 0.5,
  pytorch_half_pixel: (to, scale, sizes) => (sizes.to > 1 ? (to + 0.5) / scale - 0.5 : 0),
  asymmetric: (to, scale) => to / scale,
  align_corners: (to, _, sizes) => (sizes.to === 1 ? 0 : (to * (sizes.from - 1)) / (sizes.to - 1)),
};
const nearest: Readonly<Record<string, (at: number) => number>> = {
  round_prefer_floor: (at) => Math.ceil(at - 0.5),
  round_prefer_ceil: (at) => Math.floor(at + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Axis by axis, by the numbers of the elements that each element is taken from. */
const resize: Operator = {
  key: 'Resize',
  limits:
    '`mode` nearest or linear, without `antialias`, `keep_aspect_ratio_policy` and `tf_crop_and_resize`',
  refuses: (node) => {
    if (readText(node, 'mode', 'nearest') === 'cubic') return 'mode cubic';
    if (!(readText(node, 'coordinate_transformation_mode', 'half_pixel') in places))
      return readText(node, 'coordinate_transformation_mode', '');
    if (readInt(node, 'antialias', 0) === 1) return 'antialias';
    return readText(node, 'keep_aspect_ratio_policy', 'stretch') === 'stretch'
      ? undefined
      : 'keep_aspect_ratio_policy';
  },
  run: (work) => {
    const { node, inputs, x } = work;
    const axes =
      readInts(node, 'axes')?.map((axis) => normalizeAxis(axis, x(0).rank)) ?? x(0).dims.map((_, i) => i);
    const sizes = inputs[3]?.size === 0 ? undefined : inputs[3]?.values();
    return axes.reduce<Tensor>((made, axis, i) => {
      const from = made.dims[axis]!;
      const scale = sizes === undefined ? x(2).values()[i]! : sizes[i]! / from;
      const to = sizes?.[i] ?? Math.floor(from * scale);
      const place = places[readText(node, 'coordinate_transformation_mode', 'half_pixel')]!;
      const at = Array.from({ length: to }, (_, element) => place(element, scale, { from, to }));
      if (to === from && at.every((where, element) => where === element)) return made;
      return readText(node, 'mode', 'nearest') === 'linear'
        ? between(work, made, axis, at)
        : taken(work, made, axis, at.map(nearest[readText(node, 'nearest_mode', 'round_prefer_floor')]!));
    }, x(0));
  },
};

function taken({ eager }: Work, x: Tensor, axis: number, elements: readonly number[]): Tensor {
  const last = x.dims[axis]! - 1;
  return eager.op('GatherV2', [
    x,
    eager.ints(elements.map((element) => Math.min(Math.max(element, 0), last))),
    eager.int32([axis], []),
  ]);
}

function between(work: Work, x: Tensor, axis: number, at: readonly number[]): Tensor {
  const { eager } = work;
  const [low, high] = [
    taken(work, x, axis, at.map(Math.floor)),
    taken(
      work,
      x,
      axis,
      at.map((where) => Math.floor(where) + 1),
    ),
  ];
  const dims = x.dims.map((_, i) => (i === axis ? at.length : 1));
  const share = eager.cast(
    eager.given({
      dataType: 'float32',
      dims,
      data: Float32Array.from(at, (where) => where - Math.floor(where)),
    }),
    x.dataType,
  );
  return eager.op('AddV2', [low, eager.op('Mul', [eager.op('Sub', [high, low]), share])]);
}

const depthToSpace: Operator = {
  key: 'DepthToSpace',
  run: ({ node, eager, x }) => {
    const [n, c, h, w] = x(0).dims as [number, number, number, number];
    const block = readInt(node, 'blocksize', 1);
    const depth = c / (block * block);
    const byColumn = readText(node, 'mode', 'DCR') === 'CRD';
    const apart = eager.reshape(
      x(0),
      byColumn ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w],
    );
    return eager.reshape(
      eager.op('Transpose', [apart, eager.int32(byColumn ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])]),
      [n, depth, h * block, w * block],
    );
  },
};

const spaceToDepth: Operator = {
  key: 'SpaceToDepth',
  run: ({ node, eager, x }) => {
    const [n, c, h, w] = x(0).dims as [number, number, number, number];
    const block = readInt(node, 'blocksize', 1);
    const apart = eager.reshape(x(0), [n, c, h / block, block, w / block, block]);
    return eager.reshape(eager.op('Transpose', [apart, eager.int32([0, 3, 5, 1, 2, 4])]), [
      n,
      c * block * block,
      h / block,
      w / block,
    ]);
  },
};

export const resizes: readonly Operator[] = [resize, depthToSpace, spaceToDepth];
