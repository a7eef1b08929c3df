import { DomainError } from './domain-error.js';

const MAX_LENGTH = 120;

/**
 * Returns a display name without surrounding spaces. Throws `invalid` DISPLAY_NAME_INVALID if it is empty or
 * too long, or has control characters, which terminals would interpret.
 */
export function displayName(text: string, field = 'display_name'): string {
  const name = text.trim();
  const why =
    name === ''
      ? 'is empty'
      : name.length > MAX_LENGTH
        ? `has ${name.length} characters`
        : /[\p{Cc}\p{Bidi_Control}]/u.test(name)
          ? 'has control characters'
          : undefined;
  if (why === undefined) return name;
  throw new DomainError(
    'invalid',
    'DISPLAY_NAME_INVALID',
    `${field} ${why}; give a name of 1 to ${MAX_LENGTH} visible characters`,
    { violations: [{ field, description: why }] },
  );
}
