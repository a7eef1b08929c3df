import { createHash } from 'node:crypto';
import type { Vocabulary } from '@noema/kernel';

/** Ids of texts, and the tokens that they stand for. */
export interface TokenIds {
  readonly kind: string;
  readonly size: number;
  readonly tokens: Iterable<readonly [token: string, id: number]>;
  /** Ids of a text, cut and padded to `length`. */
  readonly encode: (text: string, length: number) => Iterable<number>;
}

/**
 * Texts in which tokenizers differ that have the same tokens: case, accents, composed letters, digits, signs, blanks,
 * other scripts, and the empty text.
 */
const TEXTS = [
  '',
  'The quick brown fox, it jumps over 13 lazy dogs!',
  'HELLO Hello hello  two\tblanks\nand a line',
  'naïve café cafe\u0301 Ångström ﬁne ½ №',
  "don't re-use e.g. 3.14, 1,000 or $5 (50 %)…",
  '日本語 한국어 Ελληνικά русский عربى हिन्दी',
  'emoji 😀👩‍👩‍👧 and \u200bzero width',
  'ooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooooo',
  '[CLS] <s> </s> <unk> [MASK] <|endoftext|>',
];
/** One length cuts most of the texts, the other pads all of them. */
const LENGTHS = [5, 192];

/** The vocabulary of ids with its digests. Two tokenizers with equal digests give the same ids. */
export function digestVocabulary({ kind, size, tokens, encode }: TokenIds): Vocabulary {
  const ofTokens = createHash('sha256');
  const byId = [...tokens].filter(([, id]) => id < size).sort(([a, i], [b, j]) => i - j || (a < b ? -1 : 1));
  for (const [token, id] of byId) ofTokens.update(`${id} ${JSON.stringify(token)}\n`);
  const ofTexts = createHash('sha256');
  for (const text of TEXTS)
    for (const length of LENGTHS) ofTexts.update(`${[...encode(text, length)].join(' ')}\n`);
  return { kind, size, tokenDigest: ofTokens.digest('hex'), textDigest: ofTexts.digest('hex') };
}
