import { expect, it } from 'vitest';
import { LruCache } from './lru-cache.js';

it('keeps what was used last, closes what it throws out, and makes each thing once', async () => {
  const closed: string[] = [];
  let made = 0;
  const recent = new LruCache<string>(10, {
    weigh: (value) => value.length,
    close: (value) => {
      closed.push(value);
    },
  });
  const make = (value: string) => () => {
    made++;
    return Promise.resolve(value);
  };
  expect(await Promise.all([recent.get('a', make('aaaa')), recent.get('a', make('other'))])).toEqual([
    'aaaa',
    'aaaa',
  ]);
  await recent.get('b', make('bbbb'));
  await recent.get('a', make('never'));
  await recent.get('c', make('cccc'));
  await Promise.resolve();
  expect([made, closed]).toEqual([3, ['bbbb']]);
  await recent.clear();
  expect(closed.sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
});
it('forgets a failure, so that the next one tries again', async () => {
  const recent = new LruCache<number>(10);
  await expect(recent.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await recent.get('a', () => Promise.resolve(7))).toBe(7);
});
it('keeps one thing that is larger than all it may hold', async () => {
  const recent = new LruCache<string>(2, { weigh: (value) => value.length });
  expect(await recent.get('a', () => Promise.resolve('aaaa'))).toBe('aaaa');
  expect(await recent.get('a', () => Promise.reject(new Error('made twice')))).toBe('aaaa');
});
it('counts things without a weight, makes each once for two that ask at once, forgets failures', async () => {
  const recent = new LruCache<string>(2);
  let made = 0;
  const make = (value: string) => () => {
    made++;
    return Promise.resolve(value);
  };
  expect(await Promise.all([recent.get('a', make('a')), recent.get('a', make('a'))])).toEqual(['a', 'a']);
  await recent.get('b', make('b'));
  await recent.get('a', make('a'));
  await recent.get('c', make('c'));
  expect(made).toBe(3);
  await recent.get('b', make('b'));
  expect(made).toBe(4);
  await expect(recent.get('d', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await recent.get('d', make('d'))).toBe('d');
});
