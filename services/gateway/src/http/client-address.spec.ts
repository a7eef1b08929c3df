import { expect, it } from 'vitest';
import { clientAddress } from './client-address.js';

const from = (trusted: number, remoteAddress: string, forwarded?: string | string[]): string =>
  clientAddress(
    {
      headers: { 'x-forwarded-for': forwarded as string },
      socket: { remoteAddress },
    } as unknown as Parameters<typeof clientAddress>[0],
    trusted,
  );

it('without proxies it is the peer, whatever a header says', () => {
  expect(from(0, '10.0.0.9', '1.2.3.4')).toBe('10.0.0.9');
});
it('behind one proxy it is what that one saw; what the caller wrote before it counts for nothing', () => {
  expect(from(1, '10.0.0.9', '1.2.3.4')).toBe('1.2.3.4');
  expect(from(1, '10.0.0.9', '6.6.6.6, 7.7.7.7, 1.2.3.4')).toBe('1.2.3.4');
});
it('behind two it is what the first of them saw', () => {
  expect(from(2, '10.0.0.9', ['6.6.6.6, 1.2.3.4', '10.0.0.8'])).toBe('1.2.3.4');
});
it('with fewer hops than proxies it is the first that is known', () => {
  expect(from(2, '10.0.0.9', '1.2.3.4')).toBe('1.2.3.4');
  expect(from(1, '10.0.0.9')).toBe('10.0.0.9');
});
it.each([
  ['1.2.3.4:5678', '1.2.3.4'],
  ['[2001:DB8::1]:443', '2001:db8::1'],
  ['::ffff:1.2.3.4', '1.2.3.4'],
  ['2001:db8::1', '2001:db8::1'],
  ['x'.repeat(500), 'x'.repeat(64)],
])('%s is %s', (text, address) => {
  expect(from(1, '10.0.0.9', text)).toBe(address);
});
