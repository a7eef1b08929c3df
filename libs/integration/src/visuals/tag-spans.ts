import type { Span } from './spans.visual.js';
import type { Offset } from './token-offsets.js';

/** Prefixes of the schemes IOB, IOB2, BIOES and BILOU. */
const PREFIXED = /^([BIESLU])-(.+)$/;
/** Prefixes of a first word. */
const FIRST = 'BSU';
/** The tag of words without a name. */
const NONE = 'O';

/** The names of parts that tags give, each once, in their order. */
export const tagNames = (tags: readonly string[]): string[] => [
  ...new Set(tags.filter((tag) => tag !== NONE).map((tag) => PREFIXED.exec(tag)?.[2] ?? tag)),
];

/**
 * Named parts of a text from one tag for each of its words, whose places are `offsets`: neighboring words of one name
 * by the prefixes of their tags (IOB, IOB2, BIOES, BILOU), a word for itself where tags have no prefix. Words behind
 * the last tag and words with the tag `O` have no part; tokens without a place are passed over.
 */
export function spansOfTags(offsets: readonly Offset[], tags: readonly string[]): Span[] {
  const spans: { start: number; end: number; label: string }[] = [];
  let before: string | undefined;
  for (const [at, tag] of tags.slice(0, offsets.length).entries()) {
    const offset = offsets[at]!;
    if (offset === null || offset[0] === offset[1]) continue;
    const [, prefix, name = tag] = PREFIXED.exec(tag) ?? [];
    if (tag !== NONE) {
      const goesOn = prefix !== undefined && !FIRST.includes(prefix) && before === name;
      if (goesOn) spans.at(-1)!.end = offset[1];
      else spans.push({ start: offset[0], end: offset[1], label: name });
    }
    before = tag === NONE ? undefined : name;
  }
  return spans;
}

/** The places of the words of a text that one space divides. */
export function wordOffsets(words: readonly string[]): (readonly [start: number, end: number])[] {
  let start = 0;
  return words.map((word) => {
    const offset = [start, start + word.length] as const;
    start = offset[1] + 1;
    return offset;
  });
}
