import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawn } from '../clusters.fixture.js';
import { align, exactNeighbors, points, type Points, transform, umap } from '../index.js';
import { cloud, reference } from '../reference.fixture.js';
import { memberships } from './umap-mover.js';

/** umap-learn's numbers for new points, written by bench/reference/transform.py. */
const theirs = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/transform.json', import.meta.url), 'utf8'),
) as { k: number; memberships: number[]; places: number[] };

const part = ({ data, d }: Points, from: number, to: number): Points =>
  points(data.slice(from * d, to * d), d);
const stored = part(cloud, 0, 200);
const fresh = part(cloud, 200, 240);
const flat = Float32Array.from(reference.map).slice(0, 400);

// Six groups in the order of the rows; the last ninth is noise there and is left out.
const groups = drawn(1_100, 8, 5);
const old = part(groups, 0, 700);
const young = part(groups, 700, 990);
const map = await umap(old, exactNeighbors(old, 14), { epochs: 200, threads: 1 });

describe('new points in a stored map', () => {
  it("have umap-learn's memberships and first places", async () => {
    const { coordinates, distances, k } = await transform(stored, flat, fresh, { epochs: 0 });
    expect(k).toBe(theirs.k);
    for (let i = 0; i < 40; i++)
      memberships(distances.subarray(i * k, (i + 1) * k)).forEach((weight, m) => {
        expect(weight).toBeCloseTo(theirs.memberships[i * k + m]!, 4);
      });
    coordinates.forEach((place, e) => {
      expect(place).toBeCloseTo(theirs.places[e]!, 3);
    });
  });
  it('land in the group that they belong to', async () => {
    const { coordinates } = await transform(old, map, young);
    let same = 0;
    for (let i = 0; i < young.n; i++) {
      let nearest = 0;
      let least = Infinity;
      for (let j = 0; j < old.n; j++) {
        const square =
          (coordinates[2 * i]! - map[2 * j]!) ** 2 + (coordinates[2 * i + 1]! - map[2 * j + 1]!) ** 2;
        if (square < least) [nearest, least] = [j, square];
      }
      if (nearest % 5 === (700 + i) % 5) same++;
    }
    expect(same / young.n).toBeGreaterThan(0.98);
  });
  it('that are stored points come to rest near their own place', async () => {
    const back = await transform(old, map, old);
    const { relativeMovement } = align(back.coordinates, map, 2);
    expect(relativeMovement).toBeLessThan(0.05);
  });
  it(
    'have a place of their own: alone, in company and for any number of threads the same, another for ' +
      'another seed',
    async () => {
      const all = await transform(old, map, young, { threads: 2 });
      expect(await transform(old, map, young, { threads: 1 })).toEqual(all);
      const alone = await transform(old, map, part(young, 17, 18));
      expect([...alone.coordinates]).toEqual([...all.coordinates.subarray(34, 36)]);
      expect((await transform(old, map, young, { seed: 1 })).coordinates).not.toEqual(all.coordinates);
    },
  );
  it('are finite as equal points, far away, and in a map of one', async () => {
    const equal = points(new Float32Array(60), 2);
    const far = points(Float32Array.of(1e6, -1e6), 2);
    for (const newcomer of [far, points(new Float32Array(2), 2)]) {
      expect(
        (await transform(equal, new Float32Array(60), newcomer)).coordinates.every(Number.isFinite),
      ).toBe(true);
      expect(
        (
          await transform(points(Float32Array.of(0, 0), 2), Float32Array.of(3, 4), newcomer)
        ).coordinates.every(Number.isFinite),
      ).toBe(true);
    }
  });
  it('of another width, in a map that fits not, and none are refused by name; the signal stops', async () => {
    await expect(transform(stored, flat, points(new Float32Array(6), 3))).rejects.toThrow(
      /new points of 3 dimensions cannot be placed among stored ones of 8/,
    );
    await expect(transform(stored, flat.subarray(2), fresh)).rejects.toThrow(
      /398 coordinates are no map of 200 points/,
    );
    await expect(transform(stored, flat, fresh, { neighbors: 0 })).rejects.toMatchObject({
      reason: 'UMAP_NEIGHBORS',
    });
    await expect(transform(old, map, young, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});
