import type { Field } from '../records.js';

const WORDS = /^(?:tokens|words)$/i;
const TAGS = /(?:^|_)(?:tags?|labels)$/i;

/** A column of lists, by their values. */
export interface ListColumn {
  readonly name: string;
  readonly values: 'texts' | 'whole numbers';
}

/** Columns of lists: words, and one or several with a tag for each of them. */
export interface Tagged {
  readonly words: string;
  readonly tags: readonly string[];
}

/** The first list of words, and the lists with the name of tags, of texts or of class numbers. */
export function findTagged(lists: readonly ListColumn[]): Tagged | undefined {
  const words = lists.find(({ name, values }) => values === 'texts' && WORDS.test(name));
  const tags = lists.filter(({ name }) => TAGS.test(name));
  return words === undefined || tags.length === 0
    ? undefined
    : { words: words.name, tags: tags.map(({ name }) => name) };
}

/** A word or a tag without a space, which stands between two of them. */
export const toWord = (text: string): string => text.replace(/[\t\n\f\r ]/g, '\u00a0');

/** The field of a column of words. */
export const wordField = (name: string): Field => ({ name, kind: 'text', spaced: true });

/** The field of a column of tags. */
export const tagField = (name: string, { words }: Tagged, labels: readonly string[]): Field => ({
  name,
  kind: 'text',
  wordColumn: words,
  labels,
});
