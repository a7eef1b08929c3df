import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '@bufbuild/protobuf';
import { Algorithm, ClusterMethod } from '@noema/contracts/noema/projection/v1/exploration';

/** The values of an enum by their names in lower case with dashes, without the unspecified one. */
const named = <T extends number>(values: Readonly<Record<string, string | number>>): ReadonlyMap<string, T> =>
  new Map(
    Object.entries(values)
      .filter(([, value]) => typeof value === 'number' && value !== 0)
      .map(([name, value]) => [name.toLowerCase().replaceAll('_', '-'), value as T]),
  );

export const ALGORITHMS = named<Algorithm>(Algorithm);
export const CLUSTER_METHODS = named<ClusterMethod>(ClusterMethod);

/**
 * Takes one more setting of an algorithm, such as `n_neighbors=30`; numbers, true and false are what they
 * look like. Throws where there is no "=".
 */
export function parameter(text: string, before: JsonObject = {}): JsonObject {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('Give a name and a value, such as n_neighbors=30.');
  const number = Number(value);
  const isNumber = value.trim() !== '' && Number.isFinite(number);
  return {
    ...before,
    [name]: isNumber ? number : value === 'true' ? true : value === 'false' ? false : value,
  };
}
