import { DomainError } from './domain-error.js';
import { unescapeText } from './filter.format.js';

/** One field that a list is sorted by. */
export interface OrderBy {
  readonly field: string;
  readonly descending: boolean;
}

/** A field, in quotes or not, and a direction. */
const ORDER = /^(?:"(?<quoted>(?:[^"\\]|\\.)+)"|(?<word>[^\s"]+))(?:\s+(?<direction>asc|desc))?$/i;

/**
 * Parses `field`, `field asc` or `field desc`, where a name with spaces or signs is in quotes as in filters. Returns
 * `undefined` for empty text. Throws `invalid` ORDER_BY_INVALID, which lists the valid fields.
 */
export function parseOrderBy(text: string, fields: readonly string[]): OrderBy | undefined {
  if (text.trim() === '') return undefined;
  const { quoted, word = '', direction = 'asc' } = ORDER.exec(text.trim())?.groups ?? {};
  const field = quoted === undefined ? word : unescapeText(quoted);
  const why =
    field === ''
      ? 'write one field, in quotes if its name has spaces, then nothing, "asc" or "desc"'
      : fields.includes(field)
        ? undefined
        : `there is no field "${field}" to sort by; known: ${[...fields].sort().join(', ')}`;
  if (why === undefined) return { field, descending: direction.toLowerCase() === 'desc' };
  throw new DomainError('invalid', 'ORDER_BY_INVALID', `order_by "${text}": ${why}`, {
    violations: [{ field: 'order_by', description: why }],
  });
}
