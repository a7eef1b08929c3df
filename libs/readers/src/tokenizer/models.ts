import { toBpe } from './bpe.js';
import { findLongest, findUnknown, type Model, type PieceToken, readVocabulary } from './model.js';
import { build, type Part } from './tokenizer-fault.js';
import { toUnigram } from './unigram.js';

/** Models by their `type` in a `tokenizer.json`. */
const MODELS: Readonly<Record<string, (part: Part) => Model>> = {
  WordPiece: toWordPiece,
  BPE: toBpe,
  Unigram: toUnigram,
  WordLevel: toWordLevel,
};

/** The model of a `tokenizer.json`. Throws `invalid` TOKENIZER_INVALID for a kind that is not known. */
export const toModel = (part: Part): Model => build('model', MODELS, part);

/** The longest tokens from the left (Wu et al. 2016); a piece with a part that no token has is unknown. */
function toWordPiece({
  vocab,
  unk_token: unk,
  continuing_subword_prefix: prefix = '##',
  max_input_chars_per_word: max = 100,
}: Part): Model {
  const vocabulary = readVocabulary(vocab);
  const unknown = findUnknown(vocabulary, unk);
  const longest = findLongest(vocabulary.keys());
  const encode = (chars: readonly string[]): PieceToken[] => {
    const whole = [{ id: unknown, from: 0, to: chars.length }];
    if (chars.length > Number(max)) return whole;
    const tokens: PieceToken[] = [];
    for (let from = 0; from < chars.length; ) {
      let to = Math.min(chars.length, from + longest);
      let id: number | undefined;
      for (; to > from; to--) {
        id = vocabulary.get(`${from > 0 ? String(prefix) : ''}${chars.slice(from, to).join('')}`);
        if (id !== undefined) break;
      }
      if (id === undefined) return whole;
      tokens.push({ id, from, to });
      from = to;
    }
    return tokens;
  };
  return { vocabulary, encode };
}

function toWordLevel({ vocab, unk_token: unk }: Part): Model {
  const vocabulary = readVocabulary(vocab);
  const unknown = findUnknown(vocabulary, unk);
  return {
    vocabulary,
    encode: (chars) => [{ id: vocabulary.get(chars.join('')) ?? unknown, from: 0, to: chars.length }],
  };
}
