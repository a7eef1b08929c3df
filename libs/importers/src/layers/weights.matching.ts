import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

/** A weight as a file has it. */
export interface FileWeight {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** The weights of a file under the names of the model's parameters. Throws `invalid` MODEL_FILE_INVALID that names the first that is missing, has another shape, or is left over. */
export function matchedWeights({ parameters }: CompiledModel, given: readonly FileWeight[]): ReadonlyMap<string, Float32Array> {
  const left = new Map(given.map((weight) => [weight.name.replace(/:\d+$/, ''), weight]));
  const matched = new Map(parameters.map(({ name, dims }) => {
    const weight = left.get(name);
    if (weight === undefined) throw fileInvalid(`it has no weight "${name}"; it has ${given.map((one) => one.name).slice(0, 20).join(', ').slice(0, 500) || 'none'}`);
    if (weight.dims.join() !== dims.join()) throw fileInvalid(`weight "${name}" is [${weight.dims.join(', ')}], and the layers need [${dims.join(', ')}]`);
    if (weight.data.length !== elementCount(dims)) throw fileInvalid(`weight "${name}" has ${weight.data.length} numbers, and its shape needs ${elementCount(dims)}`);
    left.delete(name);
    return [name, weight.data];
  }));
  const [over] = left.keys();
  if (over !== undefined) throw fileInvalid(`it has weight "${over}", which no layer takes`);
  return matched;
}
