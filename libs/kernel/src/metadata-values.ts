import { DomainError } from './domain-error.js';

/**
 * Returns a fault for each metadata handler that returned no value for any checked sample. Columns have the
 * names `<handler>` or `<handler>.<name>`. A handler needs a value in at least one of its columns.
 */
export function metadataWithoutValues(
  columns: Iterable<{ readonly name: string; readonly hasValues: boolean }>,
  samples: number,
): DomainError[] {
  const handlers = new Map<string, boolean>();
  for (const { name, hasValues } of columns) {
    const handler = name.split('.', 1)[0]!;
    handlers.set(handler, hasValues || (handlers.get(handler) ?? false));
  }
  return [...handlers]
    .filter(([, hasValues]) => !hasValues)
    .map(
      ([handler]) =>
        new DomainError(
          'invalid',
          'METADATA_EMPTY',
          `metadata "${handler}" has no value for any of ${samples} samples (null, undefined and NaN ` +
            'do not count); check what it reads, or leave it out',
          { metadata: { handler, role: 'metadata' } },
        ),
    );
}
