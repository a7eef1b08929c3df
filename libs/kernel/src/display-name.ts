import { DomainError } from './domain-error.js';

const MAX_LENGTH = 120;

/** True if a text of one line has characters that a terminal would interpret. */
export const hasControls = (text: string): boolean => /[\p{Cc}\p{Bidi_Control}]/u.test(text);

/**
 * Returns a display name without surrounding spaces. Throws `invalid` DISPLAY_NAME_INVALID if it is empty or
 * too long, or has control characters.
 */
export function displayName(text: string, field = 'display_name'): string {
  const name = text.trim();
  const why =
    name === ''
      ? 'is empty'
      : name.length > MAX_LENGTH
        ? `has ${name.length} characters`
        : hasControls(name)
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
