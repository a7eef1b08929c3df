import { expect, it } from 'vitest';
import { findSpans } from './tag-spans.js';

const find = (text: string, tags: string) => {
  const names = tags.split(' ');
  const words = text.split(' ').map((word, i) => ({ word, tag: names[i]! }));
  return findSpans(words).map(({ start, end, label }) => `${label}: ${text.slice(start, end)}`);
};

it.each([
  ['IOB2', 'B-PER I-PER O B-LOC B-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['IOB, where B only divides', 'I-PER I-PER O I-LOC B-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['BIOES', 'B-PER E-PER O S-LOC S-LOC', ['PER: Ada King', 'LOC: Bern', 'LOC: Ulm']],
  ['another name without a first word', 'B-PER I-LOC O O O', ['PER: Ada', 'LOC: King']],
  ['tags without prefixes', 'N N V N N', ['N: Ada', 'N: King', 'V: saw', 'N: Bern', 'N: Ulm']],
])('names become parts of a text: %s', (_scheme, tags, expected) => {
  expect(find('Ada King saw Bern Ulm', tags)).toEqual(expected);
});
