import { arriving, type Backward, type GradientRule, findInput } from '../gradient.rule.js';
import { readFloat, readInt } from '../node.attributes.js';

/** y = α A′B′ + β C, where ′ transposes if the attribute is set. */
const gemm: GradientRule = {
  key: 'Gemm',
  backward(at) {
    const { write, node } = at;
    const [g, a, b, c] = [arriving(at), findInput(node, 0), findInput(node, 1), node.inputs[2]];
    const [transA, transB] = [readInt(node, 'transA', 0), readInt(node, 'transB', 0)];
    const alpha = { float: readFloat(node, 'alpha', 1) };
    const product = (left: string, right: string, transLeft: number, transRight: number): string =>
      write.op('Gemm', [left, right], { alpha, transA: transLeft, transB: transRight });
    const beta = readFloat(node, 'beta', 1);
    return [
      !at.wants(0) ? undefined : transA === 1 ? product(b, g, transB, 1) : product(g, b, 0, 1 - transB),
      !at.wants(1) ? undefined : transB === 1 ? product(g, a, 1, transA) : product(a, g, 1 - transA, 0),
      !at.wants(2) || c === undefined
        ? undefined
        : write.sumTo(beta === 1 ? g : write.op('Mul', [g, write.scalar(beta, g)]), c),
    ];
  },
};

/**
 * Batched products; a matrix on the right (a dense layer on a series) is differentiated as one flat product.
 */
const matMul: GradientRule = {
  key: 'MatMul',
  backward(at) {
    const [a, b] = [findRank(at, 0), findRank(at, 1)];
    if (a === 1 || b === 1) return withVectors(at, a, b);
    return b === 2 ? byMatrix(at) : batched(at);
  },
};

function byMatrix(at: Backward): (string | undefined)[] {
  const { write, node } = at;
  const [g, a, b] = [arriving(at), findInput(node, 0), findInput(node, 1)];
  const rows = (tensor: string): string => {
    const width = write.op('Slice', [write.shape(tensor), write.ints([-1]), write.ints([2 ** 31])]);
    return write.op('Reshape', [tensor, write.op('Concat', [write.ints([-1]), width], { axis: 0 })]);
  };
  return [
    at.wants(0) ? write.op('MatMul', [g, write.op('Transpose', [b], { perm: [1, 0] })]) : undefined,
    at.wants(1) ? write.op('Gemm', [rows(a), rows(g)], { transA: 1 }) : undefined,
  ];
}

function batched(at: Backward): (string | undefined)[] {
  const { write, node } = at;
  const [g, a, b] = [arriving(at), findInput(node, 0), findInput(node, 1)];
  return [
    at.wants(0) ? write.sumTo(write.op('MatMul', [g, turned(at, b)]), a) : undefined,
    at.wants(1) ? write.sumTo(write.op('MatMul', [turned(at, a), g]), b) : undefined,
  ];
}

/** The last two axes exchanged. */
function turned({ write }: Backward, tensor: string): string {
  const rank = write.findDims(tensor)?.length;
  if (rank === undefined) return write.op('Einsum', [tensor], { equation: '...ij->...ji' });
  return write.op('Transpose', [tensor], {
    perm: Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  });
}

/** A vector on the left is a row, one on the right a column. */
function withVectors(
  at: Backward,
  rankA: number | undefined,
  rankB: number | undefined,
): (string | undefined)[] {
  const { write, node } = at;
  const widen = (tensor: string, axes: readonly number[]): string =>
    axes.length === 0 ? tensor : write.op('Unsqueeze', [tensor, write.ints(axes)]);
  const [a, b] = [
    widen(findInput(node, 0), rankA === 1 ? [0] : []),
    widen(findInput(node, 1), rankB === 1 ? [1] : []),
  ];
  const g = widen(
    arriving(at),
    [...(rankA === 1 ? [-2] : []), ...(rankB === 1 ? [-1] : [])].toSorted((p, q) => p - q),
  );
  const back = (gradient: string, operand: string, i: number): string =>
    write.reshapeLike(write.sumTo(gradient, operand), findInput(node, i));
  return [
    at.wants(0) ? back(write.op('MatMul', [g, turned(at, b)]), a, 0) : undefined,
    at.wants(1) ? back(write.op('MatMul', [turned(at, a), g]), b, 1) : undefined,
  ];
}

const findRank = ({ write, node }: Backward, i: number): number | undefined =>
  write.findDims(findInput(node, i))?.length;

export const matrices: readonly GradientRule[] = [gemm, matMul];
