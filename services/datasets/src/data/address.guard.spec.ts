import { describe, expect, it } from 'vitest';
import { guardedLookup, isPublicAddress, requireEndpoint } from './address.guard.js';

describe('an address', () => {
  it.each(['8.8.8.8', '52.218.0.1', '172.15.0.1', '172.32.0.1', '192.167.1.1', '2600:1fa0::1'])(
    'is public: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.100.100.200',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    'fd00:ec2::254',
    'fe80::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'not an address',
  ])('is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('an endpoint', () => {
  const isRefused = (url: string, allowed: readonly string[] = []) =>
    expect(() => {
      requireEndpoint(new URL(url), allowed);
    });

  it.each([
    'http://s3.example.org',
    'https://127.0.0.1:8333',
    'https://[::1]:9000',
    'https://2130706433',
    'https://0x7f.1',
    'https://169.254.169.254',
  ])('is refused: %s', (url) => {
    isRefused(url).toThrow(expect.objectContaining({ reason: 'DATA_HOST_REFUSED' }));
  });

  it('may be private or of plain http where the operator allows its host, with its port or with any', () => {
    for (const host of ['127.0.0.1', '127.0.0.1:9000'])
      isRefused('http://127.0.0.1:9000', [host]).not.toThrow();
    isRefused('http://127.0.0.1:9001', ['127.0.0.1:9000']).toThrow(/127\.0\.0\.1:9001.*NOEMA_DATA_HOSTS/);
    isRefused('https://s3.amazonaws.com').not.toThrow();
  });

  it('is resolved for each connection, and refused by the address of its name', async () => {
    const resolve = (all: boolean) =>
      new Promise((done) => {
        guardedLookup(new URL('https://localhost'), [])!('localhost', { all }, (error) => {
          done(error);
        });
      });
    for (const all of [true, false])
      expect(await resolve(all)).toMatchObject({
        reason: 'DATA_HOST_REFUSED',
        message: expect.stringMatching(/localhost, which has the address (?:127\.0\.0\.1|::1)/) as string,
      });
    expect(guardedLookup(new URL('https://localhost'), ['localhost'])).toBeUndefined();
  });
});
