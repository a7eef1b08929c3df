import { expect, it } from 'vitest';
import { withBreadth } from './hnsw.tuning.js';

it.each([
  ['nothing', new Uint8Array()],
  [
    'another text',
    Buffer.from('no index, but long enough to hold the numbers of one, if one looks at it long enough'),
  ],
  ['sizes beyond the end', new Uint8Array(400).fill(255)],
  ['zeros', new Uint8Array(400)],
])('does not write into %s', (_name, bytes) => {
  expect(() => withBreadth(bytes, { efSearch: 64 })).toThrow(
    expect.objectContaining({ kind: 'data-loss', reason: 'INDEX_DAMAGED' }),
  );
});
