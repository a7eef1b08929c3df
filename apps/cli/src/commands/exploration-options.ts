import { InvalidArgumentError } from 'commander';
import type { JsonObject } from '@bufbuild/protobuf';

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
