import { visualInvalid } from './visual-kind.js';

/** Start and end of a token in its text, in UTF-16 units; null for a token without text, such as padding. */
export type Offset = readonly [start: number, end: number] | null;

const isOffset = (offset: unknown, { length }: string): boolean =>
  offset === null ||
  (Array.isArray(offset) &&
    offset.length === 2 &&
    offset.every((position) => Number.isInteger(position) && position >= 0 && position <= length) &&
    offset[0] <= offset[1]);

/** Whether a value is the places of the tokens of a text. */
export const areOffsets = (offsets: unknown, whole: string): offsets is Offset[] =>
  Array.isArray(offsets) && offsets.every((one) => isOffset(one, whole));

/** The pieces of a text at the places of its tokens; empty for a token without text. */
export const sliceTokens = (whole: string, offsets: readonly Offset[]): string[] =>
  offsets.map((offset) => (offset === null ? '' : whole.slice(...offset)));

/** Validates the places of the tokens of a text. Throws `invalid` VISUAL_INVALID. */
export function requireOffsets(whole: string, offsets: unknown): Offset[] {
  if (!Array.isArray(offsets)) throw visualInvalid('the offsets of a text must be a list');
  const odd = offsets.findIndex((one) => !isOffset(one, whole));
  if (odd === -1) return offsets as Offset[];
  throw visualInvalid(
    `offset ${odd} is ${JSON.stringify(offsets[odd])}; give [start, end] from 0 to ${whole.length}, the length ` +
      'of the text, or null for a token without text',
  );
}
