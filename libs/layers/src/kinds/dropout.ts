import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import { toDims, shapeText, type Value } from '../value.js';

/**
 * Sets a share of the elements to zero in training (Srivastava et al., 2014); the mask is an input of the
 * graph, so that it can be repeated. Elements along an axis of `noise_shape` 1 share their fate: with 1 for
 * all axes a branch is left out for whole samples (stochastic depth, Huang et al., 2016).
 */
export const dropout: LayerKind = {
  key: 'Dropout',
  create(config) {
    const rate = config.number('rate', 0.5, { min: 0, below: 1 });
    const noise = config.raw('noise_shape');
    return {
      role: 'plain',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        if (!scope.isTraining || rate === 0) return { ...x };
        const mask = toDims(noise === undefined ? x : { ...x, shape: maskShape(config, noise, x) });
        return { ...x, tensor: scope.like(x, 'Mul', [x.tensor, scope.mask(mask, rate)]) };
      },
    };
  },
};

function maskShape(config: LayerConfig, noise: unknown, { shape }: Value): number[] {
  const [batch, ...sizes] = Array.isArray(noise) ? (noise as unknown[]) : [0];
  const isFit = (size: unknown, i: number): boolean => size === null || size === 1 || size === shape[i];
  if (batch !== null || sizes.length !== shape.length || !sizes.every(isFit))
    throw config.fail(
      `has noise_shape ${JSON.stringify(noise)}; give null for the batch, and null or 1 for each axis of ` +
        `its input ${shapeText(shape)}`,
    );
  return sizes.map((size, i) => (size === null ? shape[i]! : (size as number)));
}
