import { expect, it } from 'vitest';
import { Recent } from './recent.js';

it('keeps what was used last, closes what it throws out, and makes each thing once', async () => {
  const closed: string[] = [];
  let made = 0;
  const recent = new Recent<string>(10, (value) => value.length, (value) => { closed.push(value); });
  const make = (value: string) => () => { made++; return Promise.resolve(value); };
  expect(await Promise.all([recent.get('a', make('aaaa')), recent.get('a', make('other'))])).toEqual(['aaaa', 'aaaa']);
  await recent.get('b', make('bbbb'));
  await recent.get('a', make('never'));
  await recent.get('c', make('cccc'));
  await Promise.resolve();
  expect([made, closed]).toEqual([3, ['bbbb']]);
  await recent.clear();
  expect(closed.sort()).toEqual(['aaaa', 'bbbb', 'cccc']);
});
it('forgets a failure, so that the next one tries again', async () => {
  const recent = new Recent<number>(10, () => 1);
  await expect(recent.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await recent.get('a', () => Promise.resolve(7))).toBe(7);
});
it('keeps one thing that is larger than all it may hold', async () => {
  const recent = new Recent<string>(2, (value) => value.length);
  expect(await recent.get('a', () => Promise.resolve('aaaa'))).toBe('aaaa');
  expect(await recent.get('a', () => Promise.reject(new Error('made twice')))).toBe('aaaa');
});
