import type { AlignedText } from './aligned-text.js';
import { tokenizerInvalid } from './tokenizer-fault.js';

/** A token of a piece: its id and the code points that it stands for, `from` to `to`. */
export interface PieceToken {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** Divides a piece into the tokens of a vocabulary. */
export interface Model {
  readonly vocabulary: ReadonlyMap<string, number>;
  readonly encode: (chars: AlignedText['chars']) => PieceToken[];
}

/** Texts by their ids. Throws `invalid` TOKENIZER_INVALID for anything else. */
export function readVocabulary(vocabulary: unknown): ReadonlyMap<string, number> {
  if (typeof vocabulary !== 'object' || vocabulary === null || Array.isArray(vocabulary))
    throw tokenizerInvalid('has a vocabulary that does not name the id of each token');
  const entries = Object.entries(vocabulary as Record<string, unknown>);
  const odd = entries.find(([, id]) => !isId(id));
  if (odd !== undefined)
    throw tokenizerInvalid(`has the token ${JSON.stringify(odd[0])} with the id ${JSON.stringify(odd[1])}`);
  return new Map(entries as [string, number][]);
}

const MAX_VOCABULARY = 2_000_000;

/** Number of ids: the largest one, and 1. Throws `invalid` TOKENIZER_INVALID for none, and for too many. */
export function requireSize(ids: Iterable<number>): number {
  let size = 0;
  for (const id of ids) size = Math.max(size, id + 1);
  if (size > 0 && size <= MAX_VOCABULARY) return size;
  throw tokenizerInvalid(`has ${size} ids; between 1 and ${MAX_VOCABULARY} are read`);
}

export const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0;

/** Id of the unknown token. Throws `invalid` TOKENIZER_INVALID where the vocabulary does not have it. */
export function findUnknown(vocabulary: ReadonlyMap<string, number>, token: unknown): number {
  const id = vocabulary.get(String(token));
  if (id === undefined)
    throw tokenizerInvalid(`has the unknown token ${JSON.stringify(token)}, which its vocabulary lacks`);
  return id;
}

/**
 * The tokens of the bytes of a text (`<0xE2>`), where a model falls back to them; `undefined` where the vocabulary
 * lacks one.
 */
export function findBytes(vocabulary: ReadonlyMap<string, number>, text: string): number[] | undefined {
  const ids = Array.from(Buffer.from(text), (byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  return ids.every((id) => id !== undefined) ? ids : undefined;
}

/** Number of code points of the longest token. */
export function findLongest(tokens: Iterable<string>): number {
  let longest = 0;
  for (const token of tokens) longest = Math.max(longest, [...token].length);
  return longest;
}
