import { points } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from './index.envelope.js';

const vectors = points(
  Float32Array.from({ length: 40 }, (_, i) => i * 0.5),
  4,
);
const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7) % 256);
const sealed = seal(vectors, 'HNSW8', bytes);
const damaged = { kind: 'data-loss', reason: 'INDEX_DAMAGED' };

describe('the envelope of an index', () => {
  it('gives back what was put in', () => {
    expect(Uint8Array.from(unseal(vectors, 'HNSW8', sealed))).toEqual(bytes);
  });
  it('refuses any byte that changed', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Uint8Array.from(sealed);
      changed[at]! ^= 1;
      expect(() => unseal(vectors, 'HNSW8', changed), `byte ${at}`).toThrow(expect.objectContaining(damaged));
    }
  });
  it('refuses a part of it at every length', () => {
    for (let length = 0; length < sealed.length; length++)
      expect(() => unseal(vectors, 'HNSW8', sealed.slice(0, length))).toThrow(
        expect.objectContaining(damaged),
      );
  });
  it('refuses the index of other vectors and of other settings', () => {
    const others = points(
      Float32Array.from(vectors.data, (x, i) => (i === 39 ? x + 1 : x)),
      4,
    );
    expect(() => unseal(others, 'HNSW8', sealed)).toThrow(expect.objectContaining(damaged));
    expect(() => unseal(vectors, 'HNSW16', sealed)).toThrow(expect.objectContaining(damaged));
    expect(() => unseal(points(vectors.data, 8), 'HNSW8', sealed)).toThrow(expect.objectContaining(damaged));
  });
});
