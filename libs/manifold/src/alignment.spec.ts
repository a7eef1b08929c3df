import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { drawn } from './clusters.fixture.js';
import { align, anchoredPlaces, carriedOver, exactNeighbors, points, umap } from './index.js';

const random = seededRandom(3);
const before = Float32Array.from({ length: 120 }, () => random() * 10);

/** Rows 10 … 59 of the map before, turned a quarter, mirrored and shifted, then ten strangers. */
function turned(): Float32Array {
  const after = new Float32Array(120);
  for (let i = 0; i < 60; i++) {
    const x = i < 50 ? before[2 * (i + 10)]! : 100 * i;
    const y = i < 50 ? before[2 * (i + 10) + 1]! : -50;
    after.set([y + 7, x - 3], 2 * i);
  }
  return after;
}
const anchors = {
  rows: Int32Array.from({ length: 50 }, (_, i) => i),
  others: Int32Array.from({ length: 50 }, (_, i) => i + 10),
};

describe('alignment by anchors', () => {
  it('knows where the points of both maps were, and that the others were nowhere', () => {
    const places = anchoredPlaces(60, { reference: before, dims: 2, anchors });
    expect(places.subarray(0, 100)).toEqual(before.subarray(20, 120));
    expect([...places.subarray(100)].every(Number.isNaN)).toBe(true);
  });
  it('moves all points as the anchors say, whatever the strangers do', () => {
    const { coordinates, meanMovement } = align(turned(), before, 2, anchors);
    expect(meanMovement).toBeLessThan(1e-5);
    for (let i = 0; i < 50; i++) expect(coordinates[2 * i]).toBeCloseTo(before[2 * (i + 10)]!, 4);
    expect(coordinates[100]).toBeCloseTo(5_000, 2);
  });
  it('measures the movement of the anchors alone', () => {
    const after = turned();
    after[0]! += 5; // one of fifty moved by five
    const { meanMovement } = align(after, before, 2, anchors);
    expect(meanMovement).toBeGreaterThan(0.1);
    expect(meanMovement).toBeLessThan(0.3);
  });
  it('without anchors in common leaves the map; refuses anchors that are not there or not in pairs', () => {
    const none = { rows: new Int32Array(), others: new Int32Array() };
    expect(align(turned(), before, 2, none)).toEqual({
      coordinates: turned(),
      meanMovement: 0,
      relativeMovement: 0,
    });
    expect(() => align(turned(), before, 2, { rows: Int32Array.of(60), others: Int32Array.of(0) })).toThrow(
      /anchor 0 is row 60 of a map of 60 points/,
    );
    expect(() => align(turned(), before, 2, { rows: Int32Array.of(1, 2), others: Int32Array.of(0) })).toThrow(
      /2 anchors cannot be aligned to 1/,
    );
  });
});

describe('a layout that begins from another version', () => {
  const all = drawn(1_000, 8, 5);
  const old = points(all.data.slice(0, 600 * 8), 8);
  const young = points(all.data.slice(300 * 8, 900 * 8), 8);
  const shared = {
    rows: Int32Array.from({ length: 300 }, (_, i) => i),
    others: Int32Array.from({ length: 300 }, (_, i) => i + 300),
  };

  it('has the shared points at their place and the others among their neighbours', () => {
    const reference = Float32Array.from({ length: 1_200 }, (_, e) => (Math.floor(e / 2) % 5) * 10);
    const begin = carriedOver(exactNeighbors(young, 10), { reference, dims: 2, anchors: shared });
    expect(begin.subarray(0, 600)).toEqual(reference.subarray(600));
    const near = Array.from({ length: 300 }, (_, i) => Math.abs(begin[2 * (i + 300)]! - (i % 5) * 10) < 3);
    expect(near.filter(Boolean).length).toBeGreaterThan(290);
  });
  it('moves the shared points less than one that begins anew', async () => {
    const options = { epochs: 60, threads: 1 };
    const reference = await umap(old, exactNeighbors(old, 14), options);
    const graph = exactNeighbors(young, 14);
    const init = carriedOver(graph, { reference, dims: 2, anchors: shared });
    const [from, anew] = [await umap(young, graph, { ...options, init }), await umap(young, graph, options)];
    const [held, free] = [
      align(from, reference, 2, shared).relativeMovement,
      align(anew, reference, 2, shared).relativeMovement,
    ];
    expect(held).toBeLessThan(0.3);
    expect(held).toBeLessThan(free);
  });
  it('is finite where nothing is shared, and for equal points', () => {
    const none = { rows: new Int32Array(), others: new Int32Array() };
    for (const reference of [before, new Float32Array(8)])
      expect(
        carriedOver(exactNeighbors(young, 5), { reference, dims: 2, anchors: none }).every(Number.isFinite),
      ).toBe(true);
  });
});
