import { expect, it } from 'vitest';
import { findInputKind } from './input-kind.js';

const codes = Float32Array.of(4, 0, 17, 1);
const vocabulary = { kind: 'words', size: 30, tokenDigest: 'a', textDigest: 'b' };

it('takes numbers of tokens for a text, and other rows for a table', () => {
  const find = (visualMediaTypes: readonly string[], over: object = {}, first = codes) =>
    findInputKind({ dims: [4], ...over }, { visualMediaTypes, first });
  expect(find([], { vocabulary })).toBe('text');
  expect(find(['application/vnd.noema.tokens+json'])).toBe('text');
  expect(find(['text/plain; charset=utf-8'])).toBe('text');
  expect(find(['application/vnd.noema.table+json'])).toBe('table');
  expect(find(['text/plain; charset=utf-8'], {}, Float32Array.of(0.5, 1, 2, 3))).toBe('table');
});

it('knows pictures and series by their dimensions', () => {
  const find = (dims: readonly number[]) => findInputKind({ dims }, { visualMediaTypes: [], first: codes });
  expect(
    [
      [8, 8, 1],
      [30, 2],
      [2, 2, 2, 2],
    ].map(find),
  ).toEqual(['image', 'series', undefined]);
});
