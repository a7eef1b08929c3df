import { expect, it } from 'vitest';
import { formatField } from './filter.format.js';
import { parseOrderBy } from './index.js';

it('reads an order', () => {
  expect(parseOrderBy(' ', ['a'])).toBeUndefined();
  expect(parseOrderBy('a', ['a'])).toEqual({ field: 'a', descending: false });
  expect(parseOrderBy('metadata.ink  DESC', ['metadata.ink'])).toEqual({
    field: 'metadata.ink',
    descending: true,
  });
});
it.each(['metadata.mean radius', 'metadata.a "b" desc', String.raw`metadata.c:\d`, 'metadata.naïve'])(
  'reads the field %j in quotes',
  (field) => {
    const fields = [field, 'metadata.mean'];
    expect(parseOrderBy(formatField(field), fields)).toEqual({ field, descending: false });
    expect(parseOrderBy(`${formatField(field)} desc`, fields)).toEqual({ field, descending: true });
  },
);
it.each(['b', 'a down', 'a desc b', 'a; drop table t', '"a', '""', '"a"desc'])('refuses %j', (text) => {
  expect(() => parseOrderBy(text, ['a'])).toThrow(/order_by/);
});
