import { type Attributes, float } from '@noema/onnx';
import type { GraphWriter } from '../graph.writer.js';
import type { Value } from '../value.js';
import type { OperatorTable, Translate } from './operator.js';

/** Writes an operator of single numbers, in the order of channels that its input has. */
export function unary(write: GraphWriter, opType: string, x: Value, attributes: Attributes = {}): Value {
  const { dims, dataType, isChannelsFirst = false } = x;
  const made = write.made(opType, [write.written(x)], { dims, dataType, isChannelsFirst }, attributes);
  return opType === 'Sigmoid' ? { ...made, behind: { opType, value: x } } : made;
}

export function clipped(write: GraphWriter, x: Value, low: string, high: string): Value {
  const { dims, dataType, isChannelsFirst = false } = x;
  return write.made('Clip', [write.written(x), low, high], { dims, dataType, isChannelsFirst });
}

const named =
  (opType: string): Translate =>
  (_, [x], write) =>
    unary(write, opType, x!);
const LEAKY_SLOPE = 0.2;

/** Non-linearities, by their names as nodes and in `fused_ops`. */
export const activations: OperatorTable = {
  ...Object.fromEntries(
    ['Relu', 'Elu', 'Selu', 'Sigmoid', 'Tanh', 'Softplus', 'Softsign'].map((op) => [op, named(op)]),
  ),
  Relu6: (_, [x], write) => clipped(write, x!, write.scalar(0), write.scalar(6)),
  LeakyRelu: ({ attributes }, [x], write) =>
    unary(write, 'LeakyRelu', x!, { alpha: float(attributes.float('alpha', LEAKY_SLOPE)) }),
  Softmax: (_, [x], write) => write.made('Softmax', [write.last(x!)], { dims: x!.dims }, { axis: -1 }),
  LogSoftmax: (_, [x], write) => write.made('LogSoftmax', [write.last(x!)], { dims: x!.dims }, { axis: -1 }),
};
