/** Least and greatest size of the pictures of galleries in CSS pixels. */
export const MIN_SIZE = 48;
export const MAX_SIZE = 224;

/** The size in a text, such as the address of a page; `undefined` for a text that is no size of pictures. */
export function parseSize(text: string): number | undefined {
  const size = /^\d{2,3}$/.test(text) ? Number(text) : NaN;
  return size >= MIN_SIZE && size <= MAX_SIZE ? size : undefined;
}
