import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { toDims, type Value } from '../value.js';

/** Random only in training; the random numbers are inputs of the graph, so that a run can be repeated. */
const noisy = (
  key: string,
  create: (config: LayerConfig) => { strength: number; write: (scope: LayerScope, x: Value) => string },
): LayerKind => ({
  key,
  create(config) {
    const { strength, write } = create(config);
    return {
      role: 'plain',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        return scope.isTraining && strength > 0 ? { ...x, tensor: write(scope, x) } : { ...x };
      },
    };
  },
});

const drawNoise = (scope: LayerScope, x: Value, deviation: number): string =>
  scope.like(x, 'Mul', [scope.noise(toDims(x)), scope.constant(deviation)]);

const readRate = (config: LayerConfig): number => config.number('rate', 0.5, { min: 0, below: 1 });

/** x + ε, ε normal with deviation `stddev`. */
export const gaussianNoise = noisy('GaussianNoise', (config) => {
  const strength = config.number('stddev', 0.1, { min: 0 });
  return { strength, write: (scope, x) => scope.like(x, 'Add', [x.tensor, drawNoise(scope, x, strength)]) };
});

/**
 * x (1 + ε), ε normal with the variance of dropout, rate / (1 − rate) (Srivastava et al., 2014, section 10).
 */
export const gaussianDropout = noisy('GaussianDropout', (config) => {
  const strength = readRate(config);
  return {
    strength,
    write: (scope, x) =>
      scope.like(x, 'Mul', [
        x.tensor,
        scope.like(x, 'Add', [drawNoise(scope, x, Math.sqrt(strength / (1 - strength))), scope.constant(1)]),
      ]),
  };
});

/**
 * Sets a share of the elements to SELU's negative limit, and preserves mean and variance (Klambauer et al.,
 * 2017).
 */
export const alphaDropout = noisy('AlphaDropout', (config) => {
  const rate = readRate(config);
  config.raw('noise_shape');
  const floor = -1.6732632423543772 * 1.0507009873554804;
  const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * floor ** 2));
  return {
    strength: rate,
    write(scope, x) {
      // kept is 0 or 1; a (x kept + floor (1 − kept)) + b, b = −a floor rate.
      const kept = scope.like(x, 'Mul', [scope.mask(toDims(x), rate), scope.constant(1 - rate)]);
      const risen = scope.like(x, 'Mul', [scope.like(x, 'Sub', [x.tensor, scope.constant(floor)]), kept]);
      return scope.like(x, 'Add', [
        scope.like(x, 'Mul', [risen, scope.constant(scale)]),
        scope.constant(scale * floor * (1 - rate)),
      ]);
    },
  };
});
