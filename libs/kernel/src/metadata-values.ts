import { DomainError } from './domain-error.js';

/**
 * The fault of each metadata handler that gave no value for any sample looked at. A column is named
 * `<handler>` or `<handler>.<name>`; a handler needs a value in one of its columns.
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
            'are none); check what it reads, or leave it out',
          { metadata: { handler, role: 'metadata' } },
        ),
    );
}
