import { describe, expect, it } from 'vitest';
import {
  decodePageToken,
  DomainError,
  encodePageToken,
  isRetryable,
  isUuid,
  type KeyPart,
  permutation,
  Registry,
  seededRandom,
  deriveUuid,
  uuidv7,
} from './index.js';

describe('ids', () => {
  it('uuidv7 sorts by time and is a uuid', () => {
    const [early, late] = [uuidv7(1_000), uuidv7(2_000)];
    expect(early < late).toBe(true);
    expect(isUuid(early)).toBe(true);
    expect(early[14]).toBe('7');
  });
  it('deriveUuid depends on every part and on their borders', () => {
    expect(deriveUuid('a', 'b')).toBe(deriveUuid('a', 'b'));
    expect(deriveUuid('a', 'b')).not.toBe(deriveUuid('ab', ''));
    expect(isUuid(deriveUuid('x'))).toBe(true);
  });
  it.each(['', '../etc', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'])('refuses %j', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});

describe('page tokens', () => {
  it('come back for the query that made them', () => {
    expect(decodePageToken({ f: 'x' }, encodePageToken({ f: 'x' }, ['k', 3]), ['string', 'count'])).toEqual([
      'k',
      3,
    ]);
    expect(decodePageToken({ f: 'x' }, '', ['uuid'])).toBeUndefined();
  });
  it('of another query are refused', () => {
    expect(() => decodePageToken({ f: 'y' }, encodePageToken({ f: 'x' }, ['k']), ['string'])).toThrow(
      /another query/,
    );
  });
  it.each(['???', Buffer.from('{}').toString('base64url'), Buffer.from('[[1]]').toString('base64url')])(
    'damaged %j is refused',
    (token) => {
      expect(() => decodePageToken({}, token, ['string'])).toThrow(/damaged/);
    },
  );
  it.each<[KeyPart, readonly (string | number)[], readonly (string | number)[]]>([
    ['uuid', [uuidv7()], ['', 'x', 7, uuidv7().toUpperCase()]],
    ['count', [0, 2_147_483_647], [-1, 0.5, 2_147_483_648, '1e3', 'x']],
    ['sequence', ['0', '999999999999999999'], ['-1', '9'.repeat(19), 'x']],
    ['string', ['', 'ü 😀'], ['a\0b', '\ud800']],
    ['number', ['-infinity', 'Infinity', '1e+20', '-0.25', 'NaN'], ['', 'x', '1;', '1e999']],
    ['boolean', ['true', 'f'], ['yes', '']],
    [
      'timestamp',
      ['-infinity', '2026-02-28 09:00:00.123456+00', '2024-02-29 23:59:59-03:30'],
      [
        'now',
        '2026-02-30 09:00:00+00',
        '2026-13-01 09:00:00+00',
        '2026-02-28 24:00:00+00',
        '0000-01-01 00:00:00+00',
        '2026-02-28 09:00:00+99',
      ],
    ],
  ])('made up for a %s are refused when the database could not read them', (form, good, bad) => {
    for (const part of good)
      expect(decodePageToken({}, encodePageToken({}, [part]), [form]), String(part)).toEqual([part]);
    for (const part of bad)
      expect(() => decodePageToken({}, encodePageToken({}, [part]), [form]), String(part)).toThrow(/damaged/);
    expect(() => decodePageToken({}, encodePageToken({}, []), [form])).toThrow(/damaged/);
    expect(() => decodePageToken({}, encodePageToken({}, [good[0]!, good[0]!]), [form])).toThrow(/damaged/);
  });
});

describe('registry', () => {
  it('throws on a duplicate key', () => {
    expect(() => new Registry('thing', [{ key: 'a' }, { key: 'a' }])).toThrow(/twice/);
  });
  it('names what is known', () => {
    expect(() => new Registry('layer kind', [{ key: 'Dense' }]).get('Denze')).toThrow(
      /unknown layer kind "Denze"; known: Dense/,
    );
  });
  it('takes an entry behind the list until it is removed, but no second one of a key', () => {
    const registry = new Registry('thing', [{ key: 'a' }]);
    const remove = registry.add({ key: 'b' });
    expect(registry.values()).toEqual([{ key: 'a' }, { key: 'b' }]);
    expect(() => registry.add({ key: 'a' })).toThrow(/twice/);
    remove();
    expect(registry.keys()).toEqual(['a']);
  });
});

describe('seeded random', () => {
  it('repeats for the same streams and differs between them', () => {
    const draw = (...s: number[]) => {
      const r = seededRandom(7, ...s);
      return [r(), r(), r()];
    };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    expect(draw(1, 2)).not.toEqual(draw(2, 1));
  });
  it('is uniform: mean and variance of 1e5 draws', () => {
    const r = seededRandom(1);
    const x = Array.from({ length: 1e5 }, r);
    const mean = x.reduce((a, b) => a + b) / x.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.005);
    expect(Math.abs(x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length - 1 / 12)).toBeLessThan(0.002);
  });
  it('permutes every index once', () => {
    expect([...permutation(1000, seededRandom(3))].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
  });
});

it('knows what may be retried', () => {
  expect(isRetryable(new DomainError('invalid', 'X', 'x'))).toBe(false);
  expect(isRetryable(new DomainError('unavailable', 'X', 'x'))).toBe(true);
  expect(isRetryable(new Error('x'))).toBe(true);
});
