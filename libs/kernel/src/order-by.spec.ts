import { expect, it } from 'vitest';
import { parseOrderBy } from './index.js';

it('reads an order', () => {
  expect(parseOrderBy(' ', ['a'])).toBeUndefined();
  expect(parseOrderBy('a', ['a'])).toEqual({ field: 'a', descending: false });
  expect(parseOrderBy('metadata.ink  DESC', ['metadata.ink'])).toEqual({
    field: 'metadata.ink',
    descending: true,
  });
});
it.each(['b', 'a down', 'a desc b', 'a; drop table t'])('refuses %j', (text) => {
  expect(() => parseOrderBy(text, ['a'])).toThrow(/order_by/);
});
