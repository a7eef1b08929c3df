/**
 * A text in the course of being normalized: code points, and for each the part of the original text that it stands
 * for, in UTF-16 units.
 */
export interface AlignedText {
  readonly chars: readonly string[];
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** The code points of a text whose first unit is at `offset` of the original. */
export function alignText(text: string, offset = 0): AlignedText {
  const chars = [...text];
  const starts: number[] = [];
  const ends: number[] = [];
  let at = offset;
  for (const char of chars) {
    starts.push(at);
    at += char.length;
    ends.push(at);
  }
  return { chars, starts, ends };
}

export const sliceText = ({ chars, starts, ends }: AlignedText, from: number, to: number): AlignedText => ({
  chars: chars.slice(from, to),
  starts: starts.slice(from, to),
  ends: ends.slice(from, to),
});

const MAX_CACHED = 10_000;

/** Replaces each code point by others that stand for the same part of the original, or by nothing. */
export function charReplacer(
  replace: (char: string) => Iterable<string>,
): (text: AlignedText) => AlignedText {
  const cache = new Map<string, readonly string[]>();
  const find = (char: string): readonly string[] => {
    const known = cache.get(char);
    if (known !== undefined) return known;
    const replaced = [...replace(char)];
    if (cache.size < MAX_CACHED) cache.set(char, replaced);
    return replaced;
  };
  return (text) => {
    const chars: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < text.chars.length; i++)
      for (const one of find(text.chars[i]!)) {
        chars.push(one);
        starts.push(text.starts[i]!);
        ends.push(text.ends[i]!);
      }
    return { chars, starts, ends };
  };
}

/** Puts a code point in front, which stands for the part of the first one; an empty text stays empty. */
export const prependChar = (text: AlignedText, char: string): AlignedText =>
  text.chars.length === 0
    ? text
    : {
        chars: [char, ...text.chars],
        starts: [text.starts[0]!, ...text.starts],
        ends: [text.ends[0]!, ...text.ends],
      };

/** A range of code points, and whether a pattern matched it. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
  readonly isMatch: boolean;
}

/** Divides a text into the matches of a pattern with the flags `gu` and the parts between them. */
export function matchRanges({ chars }: AlignedText, pattern: RegExp): TextRange[] {
  const ranges: TextRange[] = [];
  let [unit, char] = [0, 0];
  const toChar = (wanted: number): number => {
    while (unit < wanted) unit += chars[char++]!.length;
    return char;
  };
  let last = 0;
  for (const match of chars.join('').matchAll(pattern)) {
    if (match[0] === '') continue;
    const from = toChar(match.index);
    const to = toChar(match.index + match[0].length);
    if (from > last) ranges.push({ from: last, to: from, isMatch: false });
    ranges.push({ from, to, isMatch: true });
    last = to;
  }
  if (last < chars.length) ranges.push({ from: last, to: chars.length, isMatch: false });
  return ranges;
}
