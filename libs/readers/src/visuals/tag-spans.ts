import type { Span } from '@noema/integration';
import type { TaggedWord } from '../encoders/tags.encoder.js';

/** Prefixes of the schemes IOB, IOB2, BIOES and BILOU. */
const PREFIXED = /^([BIESLU])-(.+)$/;
/** Prefixes of a first word. */
const FIRST = 'BSU';
/** The tag of words without a name. */
const NONE = 'O';

/** The names of parts that tags give, each once, in their order. */
export const listNames = (tags: readonly string[]): string[] => [
  ...new Set(tags.filter((tag) => tag !== NONE).map((tag) => PREFIXED.exec(tag)?.[2] ?? tag)),
];

/**
 * Named parts of a text whose words are divided by one space: neighboring words of one name, by the prefixes of their
 * tags; a word for itself where tags have no prefix.
 */
export function findSpans(words: readonly TaggedWord[]): Span[] {
  const spans: { start: number; end: number; label: string }[] = [];
  let start = 0;
  let before: string | undefined;
  for (const { word, tag } of words) {
    const end = start + word.length;
    const [, prefix, name = tag] = PREFIXED.exec(tag) ?? [];
    if (tag !== NONE && word !== '') {
      const goesOn = prefix !== undefined && !FIRST.includes(prefix) && before === name;
      if (goesOn) spans.at(-1)!.end = end;
      else spans.push({ start, end, label: name });
    }
    before = tag === NONE ? undefined : name;
    start = end + 1;
  }
  return spans;
}
