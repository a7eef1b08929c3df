import type { InputKind } from '@noema/insights';
import { visualKinds } from '@noema/integration/visuals';
import type { TensorShape } from '@noema/population';

/**
 * Kind of an input by its shape: three dimensions are a picture, two a series of values, one a row of a table, or a
 * text: if the data state the tokens of its numbers, or show samples as text and all numbers are codes of tokens.
 */
export function findInputKind(
  { dims, vocabulary }: Pick<TensorShape, 'dims' | 'vocabulary'>,
  { visualMediaTypes, first }: { readonly visualMediaTypes: readonly string[]; readonly first: Float32Array },
): InputKind | undefined {
  switch (dims.length) {
    case 1:
      return vocabulary !== undefined || (visualMediaTypes.some(isText) && areCodes(first))
        ? 'text'
        : 'table';
    case 2:
      return 'series';
    case 3:
      return 'image';
    default:
      return undefined;
  }
}

const areCodes = (values: Float32Array): boolean =>
  values.every((value) => Number.isInteger(value) && value >= 0);

const isText = (mediaType: string): boolean =>
  visualKinds.values().some((kind) => kind.mediaType === mediaType && kind.isText === true);
