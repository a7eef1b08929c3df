import { type AlignedText, alignText } from './aligned-text.js';
import { isId } from './model.js';
import type { Normalizer } from './normalizers.js';
import { WORD_CLASS } from './pattern.js';
import { tokenizerInvalid } from './tokenizer-fault.js';

/** A text that is one token wherever it stands. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where no letter or digit is next to it. */
  readonly single_word?: boolean;
  /** With the blanks to its left or right. */
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  /** Sought in the text after normalization. */
  readonly normalized?: boolean;
}

/** The added tokens of a `tokenizer.json`. Throws `invalid` TOKENIZER_INVALID for one without text or id. */
export function readAddedTokens(list: unknown): AddedToken[] {
  const isToken = (token: unknown): token is AddedToken => {
    const { id, content } = (token ?? {}) as Partial<AddedToken>;
    return isId(id) && typeof content === 'string';
  };
  if (list === undefined || list === null) return [];
  if (Array.isArray(list) && list.every(isToken)) return list;
  throw tokenizerInvalid('has added tokens that are not a list of texts with their ids');
}

/** A range of code points, and the id of the added token that it is. */
export interface AddedRange {
  readonly from: number;
  readonly to: number;
  readonly id?: number;
}

const WORD = new RegExp(`^[${WORD_CLASS}\u200C\u200D]$`, 'u');
const BLANK = /^\p{White_Space}$/u;

/** Divides texts at added tokens, the longest one at each place, from the left. */
export class AddedTokens {
  /** By their first code point, the longest first. */
  private readonly byFirst = new Map<string, { readonly token: AddedToken; readonly chars: string[] }[]>();

  constructor(tokens: readonly AddedToken[], normalize: Normalizer) {
    for (const token of tokens) {
      const { chars } = normalize(alignText(token.content));
      if (chars.length === 0) continue;
      const same = this.byFirst.get(chars[0]!) ?? [];
      this.byFirst.set(chars[0]!, same);
      same.push({ token, chars: [...chars] });
      same.sort((a, b) => b.chars.length - a.chars.length);
    }
  }

  split({ chars }: AlignedText): AddedRange[] {
    const ranges: AddedRange[] = [];
    let last = 0;
    for (let at = 0; at < chars.length; ) {
      const found = this.byFirst
        .get(chars[at]!)
        ?.find((one) => one.chars.every((char, i) => chars[at + i] === char));
      if (found === undefined) {
        at++;
        continue;
      }
      let from = at;
      let to = at + found.chars.length;
      at = to;
      const { token } = found;
      const isWithin = [chars[from - 1], chars[to]].some((char) => char !== undefined && WORD.test(char));
      if (token.single_word === true && isWithin) continue;
      if (token.lstrip === true) while (from > last && BLANK.test(chars[from - 1]!)) from--;
      if (token.rstrip === true) while (to < chars.length && BLANK.test(chars[to]!)) to++;
      if (from > last) ranges.push({ from: last, to: from });
      ranges.push({ from, to, id: token.id });
      last = to;
    }
    if (last < chars.length) ranges.push({ from: last, to: chars.length });
    return ranges;
  }
}
