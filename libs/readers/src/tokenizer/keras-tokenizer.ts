import { alignText, type AlignedText, charReplacer, sliceText } from './aligned-text.js';
import { readVocabulary, requireSize } from './model.js';
import type { Token } from './post-processors.js';
import { cutTo, padTo } from './sequence-length.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';
import type { Tokenizer } from './tokenizer.js';

/** Signs that Keras takes for separators where the file names none. */
const FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

/** True for the JSON of `Tokenizer.to_json()` of Keras. */
export const isKerasTokenizer = (file: Part): boolean => file['class_name'] === 'Tokenizer';

/**
 * A `Tokenizer` of Keras: words that a separator divides, by their place in the list of frequent words. Words that
 * are not in the list, or behind its first `num_words`, have the id of `oov_token`, or none. `encodeTo` cuts and
 * pads on the left, as `pad_sequences` does by default.
 */
export function toKerasTokenizer({ config }: Part): Tokenizer {
  const settings = (typeof config === 'object' && config !== null ? config : {}) as Part;
  const vocabulary = readVocabulary(parseList(settings['word_index']));
  const limit = readLimit(settings['num_words']);
  const { lower = true, char_level: isByChar = false, filters = FILTERS, split = ' ' } = settings;
  if (typeof filters !== 'string' || typeof split !== 'string' || split === '')
    throw tokenizerInvalid('has filters or a separator that are not texts');
  const { oov_token: unknown } = settings;
  const oov = typeof unknown === 'string' ? vocabulary.get(unknown) : undefined;
  const isDropped = new Set(filters);
  const clean = charReplacer((char) => (isDropped.has(char) ? split : [char]));
  const toId = (word: string): number | undefined => {
    const id = vocabulary.get(word);
    return id === undefined || (limit !== undefined && id >= limit) ? oov : id;
  };
  const names = new Map([...vocabulary].map(([word, id]) => [id, word]));
  const encode = (text: string): Token[] => {
    const aligned = lower === true ? lowercase(alignText(text), text) : alignText(text);
    return (isByChar === true ? chars(aligned) : words(clean(aligned), [...split])).flatMap((piece) => {
      const id = toId(piece.chars.join(''));
      return id === undefined
        ? []
        : [{ id, text: names.get(id)!, offset: [piece.starts[0]!, piece.ends.at(-1)!] as const }];
    });
  };
  const size = requireSize(vocabulary.values());
  return {
    kind: 'Keras',
    tokens: vocabulary,
    size: Math.max(Math.min(size, limit ?? Infinity), (oov ?? 0) + 1),
    pad: 0,
    encode,
    encodeTo: (text, length) =>
      padTo(cutTo(encode(text), length, 'left'), length, { id: 0, text: '', isPad: true }, 'left'),
  };
}

/** A list of words is JSON within the JSON. */
function parseList(words: unknown): unknown {
  try {
    return typeof words === 'string' ? JSON.parse(words) : words;
  } catch (error) {
    throw tokenizerInvalid(`has a word_index that is not JSON: ${(error as Error).message}`);
  }
}

function readLimit(limit: unknown): number | undefined {
  if (limit === null || limit === undefined) return undefined;
  if (Number.isInteger(limit) && (limit as number) > 0) return limit as number;
  throw tokenizerInvalid(`has num_words ${JSON.stringify(limit)}; give a whole number above 0`);
}

/** The whole text in small letters: a sigma at the end of a word depends on the letters next to it. */
function lowercase(aligned: AlignedText, text: string): AlignedText {
  const { starts, ends } = charReplacer((char) => char.toLowerCase())(aligned);
  const chars = [...text.toLowerCase()];
  if (chars.length === starts.length) return { chars, starts, ends };
  return charReplacer((char) => char.toLowerCase())(aligned);
}

const chars = (text: AlignedText): AlignedText[] => text.chars.map((_, i) => sliceText(text, i, i + 1));

function words(text: AlignedText, split: readonly string[]): AlignedText[] {
  const found: AlignedText[] = [];
  let start = 0;
  let at = 0;
  const end = (to: number): void => {
    if (to > start) found.push(sliceText(text, start, to));
  };
  while (at < text.chars.length)
    if (split.every((char, i) => text.chars[at + i] === char)) {
      end(at);
      at += split.length;
      start = at;
    } else at++;
  end(at);
  return found;
}
