import { expect, it } from 'vitest';
import { spansOfTags, tagNames, wordOffsets } from './tag-spans.js';

const find = (text: string, tags: string) =>
  spansOfTags(wordOffsets(text.split(' ')), tags.split(' ')).map(
    ({ start, end, label }) => `${label}: ${text.slice(start, end)}`,
  );

it.each([
  ['IOB2', 'B-PER I-PER O B-LOC B-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['IOB, where B only divides', 'I-PER I-PER O I-LOC B-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['BIOES', 'B-PER E-PER O S-LOC S-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['another name without a first word', 'B-PER I-LOC O O O', ['PER: Ada', 'LOC: King']],
  ['tags without prefixes', 'N N V N N', ['N: Ada', 'N: King', 'V: saw', 'N: Bern', 'N: Ulm']],
])('names become parts of a text: %s', (_scheme, tags, expected) => {
  expect(find('Ada King saw Bern Ulm', tags)).toEqual(expected);
});

it('words behind the last tag, and tokens without a place, are in no part', () => {
  expect(spansOfTags([null, [0, 3], [4, 8], null], ['B-PER', 'I-PER', 'B-LOC'])).toEqual([
    { start: 0, end: 3, label: 'PER' },
    { start: 4, end: 8, label: 'LOC' },
  ]);
  expect(spansOfTags([[0, 3]], ['O', 'B-LOC', 'B-LOC'])).toEqual([]);
});

it('tags name their parts, each once', () => {
  expect(tagNames(['O', 'B-PER', 'I-PER', 'N', 'B-LOC'])).toEqual(['PER', 'N', 'LOC']);
});
