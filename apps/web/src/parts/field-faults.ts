import { asDomainError } from '@noema/kernel/domain-error';

/**
 * Faults of the API about single fields, by the last part of their name in camel case: `settings.batch_size`
 * → `batchSize`.
 */
export function fieldFaults(error: unknown): Readonly<Record<string, string>> {
  if (error === null || error === undefined) return {};
  const { violations } = asDomainError(error);
  return Object.fromEntries(
    violations.map(({ field, description }) => [camel(field.split('.').at(-1) ?? ''), description]),
  );
}

/** The error of a form, unless its fields show it. */
export const formFault = (error: Error | null): Error | null =>
  Object.keys(fieldFaults(error)).length === 0 ? error : null;

const camel = (name: string): string =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * An id for a request that may be sent twice: the same id is answered with the first result. Works on pages
 * without TLS too.
 */
export const newRequestId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
