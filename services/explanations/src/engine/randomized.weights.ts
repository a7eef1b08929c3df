import type { Weights } from '@noema/engine';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import type { Randomization } from '../model/model.ports.js';

/**
 * Returns trained weights, with the weights from the output down to a layer replaced by initial weights, as
 * the initialisers of their layers draw them: the cascading randomisation of Adebayo et al. (2018). Weights
 * of layers between two learned ones (normalisation) go with the one before them. Throws `invalid`
 * LAYER_UNKNOWN.
 */
export function randomizedWeights(
  { parameters, layers }: CompiledModel,
  trained: Weights,
  { downTo, seed }: Randomization,
): Weights {
  const at = layers.findIndex(({ name }) => name === downTo);
  if (at < 0)
    throw new DomainError(
      'invalid',
      'LAYER_UNKNOWN',
      `the model has no learned layer "${downTo}"; it has: ${layers.map(({ name }) => name).join(', ')}`,
    );
  const owned = new Set(layers[at]!.parameters);
  const first = at === 0 ? 0 : parameters.findIndex(({ name }) => owned.has(name));
  return new Map(
    parameters.map((parameter, i) => [
      parameter.name,
      first >= 0 && i >= first ? parameter.initial(seed) : trained.get(parameter.name)!,
    ]),
  );
}
