import { DomainError } from './domain-error.js';

/** One field that a list is sorted by. */
export interface OrderBy {
  readonly field: string;
  readonly descending: boolean;
}

/**
 * Parses `field`, `field asc` or `field desc`. Returns `undefined` for empty text. Throws `invalid`
 * ORDER_BY_INVALID, which lists the valid fields.
 */
export function parseOrderBy(text: string, fields: readonly string[]): OrderBy | undefined {
  if (text.trim() === '') return undefined;
  const [field = '', direction = 'asc', ...rest] = text.trim().split(/\s+/);
  const why =
    rest.length > 0 || !['asc', 'desc'].includes(direction.toLowerCase())
      ? 'write one field, then nothing, "asc" or "desc"'
      : fields.includes(field)
        ? undefined
        : `there is no field "${field}" to sort by; known: ${[...fields].sort().join(', ')}`;
  if (why === undefined) return { field, descending: direction.toLowerCase() === 'desc' };
  throw new DomainError('invalid', 'ORDER_BY_INVALID', `order_by "${text}": ${why}`, {
    violations: [{ field: 'order_by', description: why }],
  });
}
