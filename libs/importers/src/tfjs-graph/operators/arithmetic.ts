import { float32 } from '@noema/onnx';
import { formUnsupported } from '../graph.errors.js';
import type { GraphNode } from '../graph-def.js';
import type { GraphWriter } from '../graph.writer.js';
import { areFixed, broadcast, isFixed, multiply, type Size } from '../sizes.js';
import type { Value, ValueType } from '../value.js';
import { clipped, unary } from './activations.js';
import type { OperatorTable, Translate } from './operator.js';

const TO_FIRST = [0, 3, 1, 2];
const PLANES = 4;

/** How whole numbers are computed that are known. */
const FOLDED: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Max: Math.max,
  Min: Math.min,
  FloorDiv: (a, b) => Math.floor(a / b),
  FloorMod: (a, b) => a - Math.floor(a / b) * b,
  Div: (a, b) => Math.trunc(a / b),
};

/** Writes an operator of two values that broadcast, in the order of channels of the larger one. */
export function binary(
  node: GraphNode,
  write: GraphWriter,
  opType: string,
  [a, b]: readonly [Value, Value],
  dataType: ValueType = a.dataType,
): Value {
  const dims = broadcast(a.dims, b.dims);
  if (dims === undefined) throw formUnsupported(node, 'has inputs of sizes that do not fit');
  const folded = fold(opType, a, b, dims);
  if (folded !== undefined) return folded;
  const isChannelsFirst =
    (a.isChannelsFirst === true || b.isChannelsFirst === true) && [a, b].every(canBeFirst);
  const [left, right] = [a, b].map((value) =>
    isChannelsFirst ? channelsFirst(write, value) : write.last(value),
  );
  return write.made(opType, [left!, right!], { dims, dataType, isChannelsFirst });
}

/** Constants get the axes of planes; a tensor with fewer axes would need another order. */
const canBeFirst = ({ dims, constant, isChannelsFirst }: Value): boolean =>
  isChannelsFirst === true ||
  dims.length === PLANES ||
  dims.length === 0 ||
  (constant !== undefined && dims.length < PLANES);

function channelsFirst(write: GraphWriter, value: Value): string {
  const { constant, dims, name } = value;
  if (dims.length === 0) return write.written(value);
  if (constant === undefined) return write.first(value);
  const from = [1, 1, 1, 1, ...constant.dims].slice(-PLANES);
  return write.constant(value, name, { from, perm: TO_FIRST, to: [from[3]!, from[1]!, from[2]!] });
}

function fold(opType: string, a: Value, b: Value, dims: readonly Size[]): Value | undefined {
  const compute = FOLDED[opType];
  const [left, right] = [a.numbers, b.numbers];
  if (compute === undefined || left === undefined || right === undefined || !areFixed(dims)) return undefined;
  const count = Math.max(left.length, right.length);
  const isFit = (numbers: readonly Size[]): boolean => numbers.length === count || numbers.length === 1;
  if (!isFit(left) || !isFit(right) || multiply(dims) !== count) return undefined;
  const numbers = Array.from({ length: count }, (_, i) => {
    const [x, y] = [left[left.length === 1 ? 0 : i]!, right[right.length === 1 ? 0 : i]!];
    if (isFixed(x) && isFixed(y)) return compute(x, y);
    return opType === 'Mul' ? multiply([x, y]) : undefined;
  });
  return numbers.every((number) => number !== undefined) ? { dims, dataType: 'int64', numbers } : undefined;
}

const two =
  (opType: string, dataType?: ValueType): Translate =>
  (node, [a, b], write) =>
    binary(node, write, opType, [a!, b!], dataType);
const one =
  (opType: string): Translate =>
  (_, [x], write) =>
    unary(write, opType, x!);
const constant = (value: number): Value => ({
  dims: [],
  dataType: 'float32',
  constant: float32([value], []),
});

function floorDiv(node: GraphNode, a: Value, b: Value, write: GraphWriter): Value {
  const folded = fold('FloorDiv', a, b, broadcast(a.dims, b.dims) ?? []);
  if (folded !== undefined) return folded;
  if (a.dataType !== 'float32') throw formUnsupported(node, 'divides whole numbers that depend on the data');
  return unary(write, 'Floor', binary(node, write, 'Div', [a, b]));
}

/** PRelu of ONNX broadcasts its slope to the input alone. */
export const prelu: Translate = (node, [x, slope], write) => binary(node, write, 'PRelu', [x!, slope!]);

const SAME_NAME = ['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Ceil', 'Cos', 'Cosh', 'Erf'];
const SAME_NAME_TOO = [
  'Exp',
  'Floor',
  'Log',
  'Neg',
  'Reciprocal',
  'Round',
  'Sign',
  'Sin',
  'Sinh',
  'Sqrt',
  'Tan',
];

/** Operators of single numbers. */
export const arithmetic: OperatorTable = {
  ...Object.fromEntries([...SAME_NAME, ...SAME_NAME_TOO].map((op) => [op, one(op)])),
  Inv: one('Reciprocal'),
  Square: (node, [x], write) => binary(node, write, 'Mul', [x!, x!]),
  Rsqrt: (_, [x], write) => unary(write, 'Reciprocal', unary(write, 'Sqrt', x!)),
  Log1p: (node, [x], write) => unary(write, 'Log', binary(node, write, 'Add', [x!, constant(1)])),
  Expm1: (node, [x], write) => binary(node, write, 'Sub', [unary(write, 'Exp', x!), constant(1)]),
  ClipByValue: (_, [x, low, high], write) => clipped(write, x!, write.written(low!), write.written(high!)),
  Add: two('Add'),
  AddV2: two('Add'),
  BiasAdd: (node, [x, bias], write) => {
    if (node.attributes.text('data_format', 'NHWC') !== 'NHWC')
      throw formUnsupported(node, 'has its channels first');
    return binary(node, write, 'Add', [x!, bias!]);
  },
  Sub: two('Sub'),
  Mul: two('Mul'),
  RealDiv: two('Div'),
  Div: two('Div'),
  DivNoNan: (node, [a, b], write) => {
    const isZero = binary(node, write, 'Equal', [b!, constant(0)], 'bool');
    const safe = chosen(node, write, [isZero, constant(1), b!]);
    const quotient = binary(node, write, 'Div', [a!, safe]);
    return chosen(node, write, [isZero, constant(0), quotient]);
  },
  Maximum: two('Max'),
  Minimum: two('Min'),
  Pow: two('Pow'),
  SquaredDifference: (node, [a, b], write) => {
    const difference = binary(node, write, 'Sub', [a!, b!]);
    return binary(node, write, 'Mul', [difference, difference]);
  },
  FloorDiv: (node, [a, b], write) => floorDiv(node, a!, b!, write),
  FloorMod: (node, [a, b], write) => {
    const folded = fold('FloorMod', a!, b!, broadcast(a!.dims, b!.dims) ?? []);
    if (folded !== undefined) return folded;
    const whole = binary(node, write, 'Mul', [floorDiv(node, a!, b!, write), b!]);
    return binary(node, write, 'Sub', [a!, whole]);
  },
  AddN: (node, inputs, write) => inputs.reduce((sum, value) => binary(node, write, 'Add', [sum, value])),
  Prelu: prelu,
  Greater: two('Greater', 'bool'),
  GreaterEqual: two('GreaterOrEqual', 'bool'),
  Less: two('Less', 'bool'),
  LessEqual: two('LessOrEqual', 'bool'),
  Equal: two('Equal', 'bool'),
  NotEqual: (node, pair, write) => not(write, two('Equal', 'bool')(node, pair, write) as Value),
  LogicalAnd: two('And', 'bool'),
  LogicalOr: two('Or', 'bool'),
  LogicalNot: (_, [x], write) => not(write, x!),
  SelectV2: (node, [condition, a, b], write) => chosen(node, write, [condition!, a!, b!]),
  Select: (node, [condition, a, b], write) => {
    if (condition!.dims.length !== a!.dims.length && condition!.dims.length !== 0)
      throw formUnsupported(node, 'chooses whole rows');
    return chosen(node, write, [condition!, a!, b!]);
  },
};

const not = (write: GraphWriter, x: Value): Value => ({ ...unary(write, 'Not', x), dataType: 'bool' });

function chosen(
  node: GraphNode,
  write: GraphWriter,
  [condition, a, b]: readonly [Value, Value, Value],
): Value {
  const dims = broadcast(condition.dims, broadcast(a.dims, b.dims) ?? []);
  if (dims === undefined) throw formUnsupported(node, 'has inputs of sizes that do not fit');
  const inputs = [condition, a, b].map((value) => write.last(value));
  return write.made('Where', inputs, { dims, dataType: a.dataType });
}
