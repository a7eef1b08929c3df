import { alignText, type AlignedText, charReplacer, matchRanges, sliceText } from './aligned-text.js';
import { readPattern } from './pattern.js';
import { precompiled } from './precompiled.js';
import { build, type Part, readParts, tokenizerInvalid } from './tokenizer-fault.js';

export type Normalizer = (text: AlignedText) => AlignedText;

/** Normalizers by their `type` in a `tokenizer.json`. */
const NORMALIZERS: Readonly<Record<string, (part: Part) => Normalizer>> = {
  BertNormalizer: bert,
  NFC: () => compose('NFC'),
  NFD: () => compose('NFD'),
  NFKC: () => compose('NFKC'),
  NFKD: () => compose('NFKD'),
  Lowercase: () => lowercase,
  Precompiled: ({ precompiled_charsmap: charsmap }) => precompiled(charsmap),
  StripAccents: () => without(/^\p{M}$/u),
  Replace: replace,
  Sequence: ({ normalizers }) => {
    const steps = readParts('normalizer', normalizers).map(toNormalizer);
    return (text) => steps.reduce((normalized, step) => step(normalized), text);
  },
};

/** The normalizer of a `tokenizer.json`. Throws `invalid` TOKENIZER_INVALID for a kind that is not known. */
export function toNormalizer(part: Part): Normalizer {
  return build('normalizer', NORMALIZERS, part);
}

/** Each code point by itself: the small sigma at the end of a word is the one in the middle. */
const lowercase: Normalizer = charReplacer((char) => char.toLowerCase());

const without = (form: RegExp): Normalizer => charReplacer((char) => (form.test(char) ? '' : [char]));

/**
 * A normal form of Unicode. A code point of the result stands for the part of the code point from which its
 * decomposition starts, also where it is composed of several.
 */
function compose(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Normalizer {
  const decomposed = form.includes('K') ? 'NFKD' : 'NFD';
  return (text) => {
    const normalized = [...text.chars.join('').normalize(form)];
    const sources = text.chars.flatMap((char, i) => Array.from(char.normalize(decomposed), () => i));
    const starts: number[] = [];
    const ends: number[] = [];
    let at = 0;
    for (const char of normalized) {
      const source = sources[at]!;
      starts.push(text.starts[source]!);
      ends.push(text.ends[source]!);
      at += [...char.normalize(decomposed)].length;
    }
    return { chars: normalized, starts, ends };
  };
}

const HAN: readonly (readonly [number, number])[] = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  // the reference starts here and not at 2B820
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
];
const isHan = (char: string): boolean => {
  const code = char.codePointAt(0)!;
  return HAN.some(([from, to]) => code >= from && code <= to);
};

/** The normalizer of BERT (Devlin et al. 2018): control characters, blanks around Han, accents, lower case. */
function bert({
  clean_text: clean = true,
  handle_chinese_chars: han = true,
  strip_accents: accents,
  lowercase: lower = true,
}: Part): Normalizer {
  const stripMarks = without(/^\p{Mn}$/u);
  const steps: Normalizer[] = [];
  if (clean === true)
    steps.push(
      charReplacer((char) =>
        /^[\t\n\r]$/.test(char)
          ? ' '
          : /^[\0\uFFFD\p{Cc}\p{Cf}\p{Co}]$/u.test(char)
            ? ''
            : [/^\p{White_Space}$/u.test(char) ? ' ' : char],
      ),
    );
  if (han === true) steps.push(charReplacer((char) => (isHan(char) ? [' ', char, ' '] : [char])));
  if (accents ?? lower) steps.push(compose('NFD'), stripMarks);
  if (lower === true) steps.push(lowercase);
  return (text) => steps.reduce((normalized, step) => step(normalized), text);
}

/** The content stands for the part of the last code point that it replaces. */
function replace({ pattern, content }: Part): Normalizer {
  if (typeof content !== 'string') throw tokenizerInvalid('has a normalizer "Replace" without a content');
  const form = readPattern(pattern);
  return (text) => {
    const parts = matchRanges(text, form).map(({ from, to, isMatch }) => {
      if (!isMatch) return sliceText(text, from, to);
      const { chars } = alignText(content);
      return {
        chars,
        starts: chars.map(() => text.starts[to - 1]!),
        ends: chars.map(() => text.ends[to - 1]!),
      };
    });
    return {
      chars: parts.flatMap(({ chars }) => chars),
      starts: parts.flatMap(({ starts }) => starts),
      ends: parts.flatMap(({ ends }) => ends),
    };
  };
}
