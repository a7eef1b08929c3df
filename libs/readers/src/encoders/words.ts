const WORD = /\p{L}[\p{L}\p{M}\p{N}'’]*|\p{N}+(?:[.,:]\p{N}+)*|[^\s\p{L}\p{N}]/gu;

/** Words, numbers and single signs of a text, in their order. */
export const splitWords = (text: string): string[] => text.match(WORD) ?? [];

/** Number of reserved indexes: 0 for padding, 1 for a word that the vocabulary does not have. */
export const RESERVED = 2;

/** Counts words for a vocabulary. */
export class WordCounts {
  private readonly counts = new Map<string, number>();
  /** Number of words of each text. */
  readonly lengths: number[] = [];

  add(text: string): void {
    const words = splitWords(text);
    this.lengths.push(words.length);
    for (const word of words) {
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
