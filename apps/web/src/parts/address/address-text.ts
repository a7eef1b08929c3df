/** A text without what separates texts from each other. */
export const part = (text: string): string =>
  encodeURIComponent(text).replaceAll('~', '%7E').replaceAll('.', '%2E');

/** The text that `part` was given. */
export function plain(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A finite number, if it is one. */
export const number = (text: string): number | undefined =>
  text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;

/** Splits `column:rest`. */
export function headed(text: string): [column: string, rest: string] | undefined {
  const at = text.indexOf(':');
  const column = at < 1 ? undefined : plain(text.slice(0, at));
  return column === undefined ? undefined : [column, text.slice(at + 1)];
}
