const WORD = /\p{L}[\p{L}\p{M}\p{N}'’]*|\p{N}+(?:[.,:]\p{N}+)*|[^\s\p{L}\p{N}]/gu;

/** How a text becomes words: by the signs in it, or at its spaces, as data with a tag for each word need it. */
export const SPLITS = ['signs', 'spaces'] as const;
export type WordSplit = (typeof SPLITS)[number];

/** Words, numbers and single signs of a text, or its parts between spaces, in their order. */
export const splitWords = (text: string, split: WordSplit = 'signs'): string[] =>
  split === 'spaces' ? text.split(' ') : (text.match(WORD) ?? []);

/** Number of reserved indexes: 0 for padding, 1 for a word that the vocabulary does not have. */
export const RESERVED = 2;

/** Counts words for a vocabulary. */
export class WordCounts {
  private readonly counts = new Map<string, number>();
  /** Number of words of each text. */
  readonly lengths: number[] = [];

  constructor(private readonly split: WordSplit = 'signs') {}

  add(text: string): void {
    const words = splitWords(text, this.split);
    this.lengths.push(words.length);
    for (const word of words) {
      if (word === '') continue;
      const key = word.toLowerCase();
      this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }
  }

  /** The most frequent words, the most frequent first, words of the same count by code points. */
  vocabulary(size: number): string[] {
    return [...this.counts]
      .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .slice(0, size)
      .map(([word]) => word);
  }
}
