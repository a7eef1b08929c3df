import type { Node } from '@noema/onnx';

/** Operators whose outputs are integers or booleans, or flat almost everywhere. Their gradient is zero. */
const BLOCKED: ReadonlySet<string> = new Set([
  'And',
  'ArgMax',
  'ArgMin',
  'Ceil',
  'Constant',
  'Bernoulli',
  'ConstantOfShape',
  'Equal',
  'EyeLike',
  'Floor',
  'Greater',
  'GreaterOrEqual',
  'IsInf',
  'IsNaN',
  'Less',
  'LessOrEqual',
  'Hardmax',
  'NonMaxSuppression',
  'NonZero',
  'Not',
  'OneHot',
  'Or',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
  'Range',
  'Round',
  'Shape',
  'Sign',
  'Size',
  'Xor',
]);

/** Operators at which gradients stop, in addition to casts to integers. */
export const gradientStops: readonly string[] = [...BLOCKED].sort();

/** TensorProto.DataType of float32, float16, float64, bfloat16. */
const FLOATS: readonly unknown[] = [1, 10, 11, 16];

/** True for a node that stops gradients by its nature. */
export const isConstantFor = (node: Node): boolean =>
  node.domain === undefined &&
  (BLOCKED.has(node.opType) || (node.opType === 'Cast' && !FLOATS.includes(node.attributes['to'])));
