import { Registry } from '@noema/kernel';
import type { GradientRule } from './gradient.rule.js';
import { activations } from './gradients/activations.js';
import { arithmetic } from './gradients/arithmetic.js';
import { averagePools } from './gradients/average-pools.js';
import { convolutions } from './gradients/convolutions.js';
import { einsums } from './gradients/einsums.js';
import { elementwise } from './gradients/elementwise.js';
import { extrema } from './gradients/extrema.js';
import { globalPools } from './gradients/global-pools.js';
import { joins } from './gradients/joins.js';
import { loops } from './gradients/loops.js';
import { matrices } from './gradients/matrices.js';
import { maxPools } from './gradients/max-pools.js';
import { normalizations } from './gradients/normalizations.js';
import { recurrences } from './gradients/recurrences.js';
import { reductions } from './gradients/reductions.js';
import { reshapes } from './gradients/reshapes.js';
import { resizes } from './gradients/resizes.js';
import { responses } from './gradients/responses.js';
import { scatters } from './gradients/scatters.js';
import { slices } from './gradients/slices.js';
import { softmaxes } from './gradients/softmaxes.js';

/** Every operator that has a gradient. */
export const gradientRules = new Registry<GradientRule>('operator with a gradient', [
  ...activations,
  ...arithmetic,
  ...averagePools,
  ...convolutions,
  ...einsums,
  ...elementwise,
  ...extrema,
  ...globalPools,
  ...joins,
  ...loops,
  ...matrices,
  ...maxPools,
  ...normalizations,
  ...recurrences,
  ...reductions,
  ...reshapes,
  ...resizes,
  ...responses,
  ...scatters,
  ...slices,
  ...softmaxes,
]);
