/**
 * True for a path of parts with "/" between them that stays below the folder it starts from: it has no empty
 * part, no "." or "..", no backslash and no control character.
 */
export const isRelativePath = (path: string): boolean =>
  !/[\\\p{Cc}]/u.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
