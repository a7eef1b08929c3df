import { modelTooLarge } from './model.errors.js';
import type { CompiledTopology } from './model.js';

/** Parameters of a model: 1 GiB of float32, which training holds several times. */
const MAX_PARAMETERS = 2 ** 28;
/** Numbers that one layer makes of one sample: 256 MiB of float32. */
const MAX_ACTIVATIONS = 2 ** 26;

/** Throws `invalid` MODEL_TOO_LARGE for what no worker could hold. */
export function checkSize({
  parameterCount,
  layers,
}: Pick<CompiledTopology, 'parameterCount' | 'layers'>): void {
  if (parameterCount > MAX_PARAMETERS) throw modelTooLarge('the model', parameterCount, MAX_PARAMETERS);
  for (const { name, outputDims } of layers) {
    const count = outputDims.reduce((a, b) => a * b, 1);
    if (count > MAX_ACTIVATIONS) throw modelTooLarge(`one sample at layer "${name}"`, count, MAX_ACTIVATIONS);
  }
}
