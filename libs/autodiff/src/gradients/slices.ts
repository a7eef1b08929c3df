import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readInt, readText } from '../node.attributes.js';

/**
 * Numbers every element of x, slices the numbers as x was sliced, and scatter-adds the gradient to zeros at
 * these positions. Correct for every step and sign.
 */
const slice: GradientRule = {
  key: 'Slice',
  backward(at) {
    const { write, node } = at;
    const x = findInput(node, 0);
    return [
      scatterTo(at, arriving(at), x, write.op('Slice', [writeNumbers(at, x), ...node.inputs.slice(1)])),
    ];
  },
};

/** Pads the gradient with negated pads: removes the padding (and returns zeros for cropped elements). */
const pad: GradientRule = {
  key: 'Pad',
  backward(at) {
    const { write, node } = at;
    // The other modes repeat elements of the input.
    if (readText(node, 'mode', 'constant') !== 'constant') return rearranged(at);
    const negated = write.op('Neg', [findInput(node, 1)]);
    const axes = node.inputs[3];
    return [
      write.op('Pad', [arriving(at), negated, ...(axes === undefined || axes === '' ? [] : ['', axes])]),
    ];
  },
};

/**
 * Adds whole rows where the rank is known, as the table of an embedding wants it; otherwise element by
 * element.
 */
const gather: GradientRule = {
  key: 'Gather',
  backward(at) {
    const { write, node } = at;
    const [g, x, indices] = [arriving(at), findInput(node, 0), findInput(node, 1)];
    const rank = write.findDims(x)?.length;
    if (rank === undefined) return rearranged(at);
    const axis = (readInt(node, 'axis', 0) + rank) % rank;
    const shape = write.shape(x);
    const part = (from: number, to: number): string[] =>
      from === to ? [] : [write.op('Slice', [shape, write.ints([from]), write.ints([to])])];
    const rows = write.op('Reshape', [
      g,
      write.op('Concat', [...part(0, axis), write.ints([-1]), ...part(axis + 1, rank)], { axis: 0 }),
    ]);
    const flat = write.op('Reshape', [
      indices,
      write.ints([...Array<number>(axis).fill(1), -1, ...Array<number>(rank - axis - 1).fill(1)]),
    ]);
    const places = write.op('Expand', [flat, write.shape(rows)]);
    return [write.op('ScatterElements', [write.zerosLike(x), places, rows], { axis, reduction: 'add' })];
  },
};

/**
 * Operators that only move and repeat the elements of their first input: its numbered elements go the same
 * way, and the gradient is added where they came from.
 */
function rearranged(
  at: Backward,
  { numbers = 'int64' }: { readonly numbers?: 'int64' | 'float64' } = {},
): string[] {
  const { write, node } = at;
  const x = findInput(node, 0);
  const counted = writeNumbers(at, x);
  const moved = write.op(
    node.opType,
    [numbers === 'int64' ? counted : write.op('Cast', [counted], { to: 11 }), ...node.inputs.slice(1)],
    node.attributes,
  );
  return [scatterTo(at, arriving(at), x, numbers === 'int64' ? moved : write.op('Cast', [moved], { to: 7 }))];
}

const moving = (key: string, options: Parameters<typeof rearranged>[1] = {}): GradientRule => ({
  key,
  backward: (at) => rearranged(at, options),
});

/** The tensor's elements numbered from 0, in its shape. */
function writeNumbers({ write }: Backward, x: string): string {
  const [zero, one] = [write.scalar(0, write.op('Size', [x])), write.scalar(1, write.op('Size', [x]))];
  return write.reshapeLike(write.op('Range', [zero, write.op('Size', [x]), one]), x);
}

/**
 * Zeros in the shape of `like`, with each element of the gradient added at the place that `places` numbers.
 */
export function scatterTo({ write }: Backward, gradient: string, like: string, places: string): string {
  const flat = (tensor: string): string => write.op('Reshape', [tensor, write.ints([-1])]);
  return write.reshapeLike(
    write.op('ScatterElements', [flat(write.zerosLike(like)), flat(places), flat(gradient)], {
      axis: 0,
      reduction: 'add',
    }),
    like,
  );
}

export const slices: readonly GradientRule[] = [
  slice,
  pad,
  gather,
  moving('GatherND'),
  moving('Tile'),
  moving('ReverseSequence'),
  moving('DepthToSpace', { numbers: 'float64' }),
  moving('SpaceToDepth', { numbers: 'float64' }),
];
