import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { acceptedCodings } from './content-coding.js';

it.each<[string | undefined, string[]]>([
  [undefined, []],
  ['gzip, deflate, br, zstd', ['br', 'gzip']],
  ['GZIP;q=0.5, br;q=0', ['gzip']],
  ['gzip;q=0.0', []],
  ['identity', []],
  ['bro, x-gzip', []],
  ['*', ['br', 'gzip']],
  ['*, br;q=0', ['gzip']],
])('%s takes %o', (header, codings) => {
  expect(acceptedCodings({ headers: { 'accept-encoding': header } } as unknown as IncomingMessage)).toEqual(
    codings,
  );
});
