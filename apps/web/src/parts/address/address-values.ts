/** Texts of simple values in an address. */

export const formatFlag = (on: boolean): string => (on ? '1' : '0');

export const parseFlag = (text: string): boolean | undefined =>
  text === '1' ? true : text === '0' ? false : undefined;

export const parseWord = (text: string): string | undefined => (text === '' ? undefined : text);

export const parseId = (text: string): string | undefined => (/^[\w-]+$/.test(text) ? text : undefined);

export function parseIntegers(text: string): number[] | undefined {
  const numbers = text.split(',').map(parseInteger);
  return numbers.every((number) => number !== undefined) ? numbers : undefined;
}

/** A whole number that is not negative. */
export const parseInteger = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Number(text) : undefined;

export const sameText = (text: string): string => text;
