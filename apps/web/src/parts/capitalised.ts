/** A sentence with a capital at its beginning, unless it begins with the name of a file. */
export const capitalised = (text: string): string =>
  text.replace(/^[a-z](?![^\s:,]*[./]\w)/, (letter) => letter.toUpperCase());
