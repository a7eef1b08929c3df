import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

/** A weight as a file has it. */
export interface FileWeight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/**
 * Returns the weights of a file under the names of the model's parameters. Weights of a nested model may omit
 * its name, as in TF.js (`conv/kernel` for `encoder/conv/kernel`). Throws `invalid` MODEL_FILE_INVALID with
 * the first weight that is missing, has another shape, or is unused.
 */
export function matchedWeights(
  { parameters }: CompiledModel,
  given: readonly FileWeight[],
): ReadonlyMap<string, Float32Array> {
  const left = new Map(given.map((weight) => [weight.name.replace(/:\d+$/, ''), weight]));
  const own = new Set(parameters.map(({ name }) => name));
  const matched = new Map(
    parameters.map(({ name, dims }) => {
      const weight = tails(name)
        .filter((tail) => tail === name || !own.has(tail))
        .map((tail) => left.get(tail))
        .find((found) => found !== undefined);
      if (weight === undefined)
        throw fileInvalid(
          `it has no weight "${name}"; it has ${
            given
              .map((one) => one.name)
              .slice(0, 20)
              .join(', ')
              .slice(0, 500) || 'none'
          }`,
        );
      if (weight.dims.join() !== dims.join())
        throw fileInvalid(
          `weight "${name}" is [${weight.dims.join(', ')}], and the layers need [${dims.join(', ')}]`,
        );
      if (weight.data.length !== elementCount(dims))
        throw fileInvalid(
          `weight "${name}" has ${weight.data.length} numbers, and its shape needs ${elementCount(dims)}`,
        );
      left.delete(weight.name.replace(/:\d+$/, ''));
      return [name, weight.data];
    }),
  );
  const [over] = left.keys();
  if (over !== undefined) throw fileInvalid(`it has weight "${over}", which no layer takes`);
  return matched;
}

/**
 * Returns the name, and the name without the prefixes of enclosing models. A layer and its weight always
 * remain.
 */
function tails(name: string): string[] {
  const parts = name.split('/');
  return parts.slice(0, Math.max(1, parts.length - 1)).map((_, i) => parts.slice(i).join('/'));
}
