import { DomainError } from '@noema/kernel/domain-error';

/**
 * Returns one of the outputs of a run by its name. `title` is the run for people. Throws `not-found` OUTPUT_NOT_FOUND
 * with the names that exist.
 */
export function findOutput<Output extends { readonly output: string }>(
  title: string,
  outputs: readonly Output[],
  name: string,
): Output {
  const found = outputs.find(({ output }) => output === name);
  if (found !== undefined) return found;
  const known =
    outputs.length === 0
      ? 'it names none, leave the output out'
      : `it has: ${outputs.map(({ output }) => output).join(', ')}`;
  throw new DomainError('not-found', 'OUTPUT_NOT_FOUND', `${title} has no output "${name}"; ${known}`, {
    metadata: { output: name },
  });
}
