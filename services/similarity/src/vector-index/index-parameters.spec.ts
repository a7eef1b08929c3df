import { describe, expect, it } from 'vitest';
import { parametersAtSearch, parseParameters, sameParameters } from './index-parameters.js';
import type { IndexKindAdapter } from './vector-index.js';

const kind = {
  key: 'faiss-hnsw',
  parameters: [
    { name: 'm', default: 32, minimum: 4, maximum: 64 },
    { name: 'ef_search', default: 64, minimum: 16, maximum: 1024, atSearch: true },
  ],
} as unknown as IndexKindAdapter;

describe('parameters', () => {
  it('of an index: given ones, and the usual for the rest', () => {
    expect(parseParameters(kind, { m: 8 })).toEqual({ m: 8, ef_search: 64 });
  });
  it('of a search: only what does not change the index', () => {
    expect(parametersAtSearch(kind, { m: 8, ef_search: 64 }, { ef_search: 256 })).toEqual({
      m: 8,
      ef_search: 256,
    });
    expect(parametersAtSearch(kind, { m: 8, ef_search: 64 }, {})).toEqual({ m: 8, ef_search: 64 });
    expect(() => parametersAtSearch(kind, { m: 8, ef_search: 64 }, { m: 16 })).toThrow(
      expect.objectContaining({ reason: 'PARAMETER_UNKNOWN' }),
    );
  });
  it.each([[1.5], [8], [2048], ['64'], [null]])('refuses ef_search = %j', (value) => {
    expect(() => parametersAtSearch(kind, { m: 8, ef_search: 64 }, { ef_search: value })).toThrow(
      expect.objectContaining({ reason: 'PARAMETER_OUT_OF_RANGE' }),
    );
  });
  it('are the same in any order', () => {
    expect(sameParameters({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(sameParameters({ a: 1, b: 2 }, { b: 2, a: 2 })).toBe(false);
  });
});
