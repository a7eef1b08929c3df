import type { InputKind } from '@noema/insights';

/**
 * Kind of an input by its shape: three dimensions are a picture, two a series of values, one a row of a table, or a
 * text if the integration shows samples as text and all numbers are codes of tokens.
 */
export function findInputKind(
  dims: readonly number[],
  { showsText, first }: { readonly showsText: boolean; readonly first: Float32Array },
): InputKind | undefined {
  switch (dims.length) {
    case 1:
      return showsText && first.every((value) => Number.isInteger(value) && value >= 0) ? 'text' : 'table';
    case 2:
      return 'series';
    case 3:
      return 'image';
    default:
      return undefined;
  }
}
