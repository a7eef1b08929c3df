import { Registry } from '@noema/kernel';
import type { Operator } from './operator.js';
import { binaries } from './operators/binary.js';
import { convolutions } from './operators/convolutions.js';
import { einsums } from './operators/einsums.js';
import { gathers } from './operators/gathers.js';
import { gradients } from './operators/gradients.js';
import { loops } from './operators/loops.js';
import { matrices } from './operators/matrices.js';
import { normalizations } from './operators/normalizations.js';
import { pools } from './operators/pools.js';
import { reductions } from './operators/reductions.js';
import { resizes } from './operators/resizes.js';
import { shapes } from './operators/shapes.js';
import { slices } from './operators/slices.js';
import { unaries } from './operators/unary.js';

/**
 * All operators of this backend. Names with the prefix `tensorflow:` are not in ONNX; a plan replaces several
 * nodes by one of them.
 */
export const tensorflowOperators = new Registry<Operator>('TensorFlow operator', [
  ...unaries,
  ...binaries,
  ...reductions,
  ...shapes,
  ...slices,
  ...gathers,
  ...matrices,
  ...einsums,
  ...convolutions,
  ...pools,
  ...normalizations,
  ...resizes,
  ...loops,
  ...gradients,
]);
