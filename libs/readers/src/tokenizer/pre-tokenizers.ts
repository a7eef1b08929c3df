import {
  type AlignedText,
  charReplacer,
  matchRanges,
  prependChar,
  sliceText,
  type TextRange,
} from './aligned-text.js';
import { readPattern, WORD_CLASS } from './pattern.js';
import { build, type Part, readParts, tokenizerInvalid } from './tokenizer-fault.js';

/** Divides a text into pieces, each of which the model encodes for itself. */
export type PreTokenizer = (text: AlignedText) => AlignedText[];

const WHITESPACES = /\p{White_Space}+/gu;
/** The signs of ASCII, and punctuation. */
const PUNCTUATION = /[!-/:-@[-`{-~\p{P}]/gu;
const WORDS = new RegExp(
  String.raw`[${WORD_CLASS}\u200C\u200D]+|[^${WORD_CLASS}\u200C\u200D\p{White_Space}]+`,
  'gu',
);
/** The pieces of GPT-2 (Radford et al. 2019). */
const GPT2 = new RegExp(
  [
    /'s|'t|'re|'ve|'m|'ll|'d/u,
    / ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+/u,
    /\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/** Pre-tokenizers by their `type` in a `tokenizer.json`. */
const PRE_TOKENIZERS: Readonly<Record<string, (part: Part) => PreTokenizer>> = {
  Whitespace: () => divide(WORDS, 'Removed', true),
  WhitespaceSplit: () => divide(WHITESPACES, 'Removed'),
  BertPreTokenizer: () => inTurn([divide(WHITESPACES, 'Removed'), divide(PUNCTUATION, 'Isolated')]),
  Punctuation: ({ behavior }) => divide(PUNCTUATION, toBehavior(behavior ?? 'Isolated')),
  Digits: ({ individual_digits: isSingle }) =>
    divide(/\p{N}/gu, isSingle === true ? 'Isolated' : 'Contiguous'),
  Split: ({ pattern, behavior, invert }) =>
    divide(readPattern(pattern), toBehavior(behavior), invert === true),
  ByteLevel: byteLevel,
  Metaspace: metaspace,
  Sequence: ({ pretokenizers }) => inTurn(readParts('pre-tokenizer', pretokenizers).map(toPreTokenizer)),
};

/** The pre-tokenizer of a `tokenizer.json`. Throws `invalid` TOKENIZER_INVALID for a kind that is not known. */
export function toPreTokenizer(part: Part): PreTokenizer {
  return build('pre-tokenizer', PRE_TOKENIZERS, part);
}

const inTurn =
  (steps: readonly PreTokenizer[]): PreTokenizer =>
  (text) =>
    steps.reduce<AlignedText[]>((pieces, step) => pieces.flatMap((piece) => step(piece)), [text]);

type Range = Pick<TextRange, 'from' | 'to'>;

/** Treatment of the matches of a pattern. */
const BEHAVIORS = {
  Removed: (ranges: readonly TextRange[]): Range[] => ranges.filter(({ isMatch }) => !isMatch),
  Isolated: (ranges: readonly TextRange[]): Range[] => [...ranges],
  Contiguous: (ranges: readonly TextRange[]): Range[] =>
    merge(ranges, (range, before) => before?.isMatch === range.isMatch),
  MergedWithPrevious: (ranges: readonly TextRange[]): Range[] =>
    merge(ranges, (range, before) => range.isMatch && before?.isMatch === false),
  MergedWithNext: (ranges: readonly TextRange[]): Range[] =>
    merge(ranges, (range, before) => !range.isMatch && before?.isMatch === true),
};
type Behavior = keyof typeof BEHAVIORS;

function merge(
  ranges: readonly TextRange[],
  joins: (range: TextRange, before: TextRange | undefined) => boolean,
): Range[] {
  const merged: Range[] = [];
  for (const [i, range] of ranges.entries()) {
    const last = merged.at(-1);
    if (last !== undefined && joins(range, ranges[i - 1]))
      merged[merged.length - 1] = { from: last.from, to: range.to };
    else merged.push(range);
  }
  return merged;
}

function toBehavior(name: unknown): Behavior {
  if (Object.hasOwn(BEHAVIORS, String(name))) return name as Behavior;
  throw tokenizerInvalid(
    `has a split with the behavior ${JSON.stringify(name)}; known: ${Object.keys(BEHAVIORS).join(', ')}`,
  );
}

function divide(pattern: RegExp, behavior: Behavior, isInverted = false): PreTokenizer {
  return (text) => {
    const ranges = matchRanges(text, pattern).map((range) => ({
      ...range,
      isMatch: range.isMatch !== isInverted,
    }));
    return BEHAVIORS[behavior](ranges).map(({ from, to }) => sliceText(text, from, to));
  };
}

/** The character that stands for each byte: visible ones for themselves, the others from U+0100 on. */
const BYTES = (() => {
  const visible = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173 && byte <= 255);
  let hidden = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(visible(byte) ? byte : 256 + hidden++));
})();
const encoder = new TextEncoder();
const toBytes = charReplacer((char) => Array.from(encoder.encode(char), (byte) => BYTES[byte]!));

/** The character of a blank among the bytes. */
export const BYTE_BLANK = BYTES[32]!;

function byteLevel({ add_prefix_space: hasPrefix = true, use_regex: isSplit = true }: Part): PreTokenizer {
  const split = isSplit === true ? divide(GPT2, 'Isolated') : (text: AlignedText) => [text];
  return (text) => {
    const isBlank = text.chars[0] === ' ';
    return split(hasPrefix === true && !isBlank ? prependChar(text, ' ') : text).map(toBytes);
  };
}

/** Blanks become a sign of their own, which starts the pieces (Kudo & Richardson 2018). */
function metaspace({
  replacement = '▁',
  prepend_scheme: scheme,
  add_prefix_space: hasPrefix = true,
  split = true,
}: Part): PreTokenizer {
  const prepends = scheme ?? (hasPrefix === true ? 'always' : 'never');
  if (typeof replacement !== 'string' || [...replacement].length !== 1)
    throw tokenizerInvalid(`has a Metaspace with the replacement ${JSON.stringify(replacement)}`);
  if (prepends !== 'always' && prepends !== 'first' && prepends !== 'never')
    throw tokenizerInvalid(`has a Metaspace with the scheme ${JSON.stringify(prepends)}`);
  const toPieces = divide(readPattern({ String: replacement }), 'MergedWithNext');
  const mark = charReplacer((char) => [char === ' ' ? replacement : char]);
  return (text) => {
    let marked = mark(text);
    const isDue = prepends === 'always' || (prepends === 'first' && marked.starts[0] === 0);
    if (isDue && marked.chars[0] !== replacement) marked = prependChar(marked, replacement);
    return split === true ? toPieces(marked) : [marked];
  };
}
