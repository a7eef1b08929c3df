import { createHash } from 'node:crypto';
import type { ModelInfo, TensorSpec } from './model.js';
import { architectureDiffers } from '../model-import/model-import.errors.js';

/** SHA-256 of what two models must have in common to share weights. */
export const architectureDigest = (facts: ModelInfo): string =>
  createHash('sha256')
    .update(JSON.stringify(listParts(facts).map(([, is]) => is)))
    .digest('hex');

/** Throws `invalid` MODEL_ARCHITECTURE_DIFFERS that names the first difference. */
export function mustShareArchitecture(model: ModelInfo, file: ModelInfo): void {
  const given = listParts(file);
  const wanted = listParts(model);
  for (let i = 0; i < Math.max(given.length, wanted.length); i++) {
    const [what, is] = wanted[i] ?? ['nothing more', ''];
    const [found, has] = given[i] ?? ['nothing more', ''];
    if (is !== has)
      throw architectureDiffers(
        what === found
          ? `${what} is ${has.slice(0, 200)} in the file and ${is.slice(0, 200)} in the model`
          : `the file has ${found} where the model has ${what}`,
      );
  }
}

/** Parts of a model by name. */
function listParts({ inputs, outputs, layers, parameters, operators }: ModelInfo): [string, string][] {
  const tensor =
    (what: string) =>
    ({ name, dims }: TensorSpec): [string, string] => [`${what} "${name}"`, `[${dims.join(', ')}]`];
  return [
    ...inputs.map(tensor('input')),
    ...layers.map(({ name, kind, outputDims }): [string, string] => [
      `layer "${name}"`,
      `${kind} [${outputDims.join(', ')}]`,
    ]),
    ...parameters.map(tensor('weight')),
    ...outputs.map(tensor('output')),
    ['its graph', operators],
  ];
}
