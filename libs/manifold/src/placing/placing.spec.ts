import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawn } from '../clusters.fixture.js';
import {
  align,
  exactNeighbors,
  keptNeighbors,
  labelAgreement,
  pcaMap,
  parseParameters,
  points,
  type Points,
  projectionAlgorithms,
  transformPacmap,
  transformPca,
  transformTsne,
} from '../index.js';
import { cloud, reference } from '../reference.fixture.js';

/** Where published implementations put new points, written by bench/reference/placing.py. */
const theirs = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/placing.json', import.meta.url), 'utf8'),
) as Record<string, number[]>;

const part = ({ data, d }: Points, from: number, to: number): Points =>
  points(data.slice(from * d, to * d), d);
const stored = part(cloud, 0, 200);
const fresh = part(cloud, 200, 240);
const maps = {
  flat: Float32Array.from(reference.map).slice(0, 400),
  space: Float32Array.from(theirs['space']!),
};

/** Distances between the places of two results, rising. */
function gaps(places: Float32Array, others: ArrayLike<number>, dims: number): Float64Array {
  return Float64Array.from({ length: places.length / dims }, (_, i) =>
    Math.hypot(...Array.from({ length: dims }, (_, c) => places[i * dims + c]! - others[i * dims + c]!)),
  ).sort();
}

const farthest = (...of: Parameters<typeof gaps>): number => gaps(...of).at(-1)!;

describe.each([
  ['flat', 2],
  ['space', 3],
] as const)('new points in a stored map, %s', (name, dims) => {
  it("by t-SNE are where openTSNE's transform puts them", async () => {
    const { coordinates } = await transformTsne({ stored, map: maps[name], fresh });
    const far = gaps(coordinates, theirs[`tsne-${name}`]!, dims);
    expect(far[20]).toBeLessThan(1e-3);
    // one point of forty lies between two groups, where a last bit decides
    expect(far[38]).toBeLessThan(0.05);
  });
  it('by PaCMAP are where the loss of their near pairs is least', async () => {
    const { coordinates } = await transformPacmap({ stored, map: maps[name], fresh }, { neighbors: 10 });
    expect(farthest(coordinates, theirs[`pacmap-${name}`]!, dims)).toBeLessThan(0.02);
  });
});

describe('new points in a map of principal components', () => {
  it("are where scikit-learn's fitted PCA puts them, also in a map that was turned and shifted", async () => {
    const { coordinates: own } = pcaMap(stored, 2);
    const signs = [0, 1].map((c) => Math.sign(own[c]! * theirs['pcaStored']![c]!));
    const wanted = Float32Array.from(theirs['pca']!, (value, e) => value * signs[e % 2]!);
    expect(farthest((await transformPca({ stored, map: own, fresh })).coordinates, wanted, 2)).toBeLessThan(
      1e-4,
    );
    const turned = (map: Float32Array): Float32Array =>
      map.map((_, e) => (e % 2 === 0 ? 3 - map[e + 1]! : map[e - 1]! + 7));
    expect(
      farthest((await transformPca({ stored, map: turned(own), fresh })).coordinates, turned(wanted), 2),
    ).toBeLessThan(1e-4);
  });
  it('are exact in wide data and in space', async () => {
    const wide = drawn(120, 230, 3);
    const { coordinates } = pcaMap(wide, 3);
    const again = await transformPca({ stored: wide, map: coordinates, fresh: part(wide, 5, 25) });
    expect(farthest(again.coordinates, coordinates.subarray(15, 75), 3)).toBeLessThan(1e-4);
  });
});

// Six groups in the order of the rows; more than 1,200, so that far points count together.
const groups = drawn(2_600, 8, 5);
const old = part(groups, 0, 1_700);
const young = part(groups, 1_700, 2_300);
const makeGroups = (count: number, first = 0): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (first + i) % 5);

describe.each(
  projectionAlgorithms.keys().flatMap((key) => ([2, 3] as const).map((dims) => [key, dims] as const)),
)('new points by %s in %i dimensions', async (key, dims) => {
  const algorithm = projectionAlgorithms.get(key);
  const parameters = parseParameters(algorithm, {});
  const map = await algorithm.project(
    { vectors: old, neighbors: exactNeighbors(old, 60), dims, seed: 3, threads: 2 },
    parameters,
  );
  const input = { stored: old, map, fresh: young };

  it(
    'land in their group, keep their neighbours as stored ones do, and are the same for any number of ' +
      'threads and in any company',
    async () => {
      const placed = await algorithm.place(input, parameters, { seed: 3, threads: 2 });
      const kept = keptNeighbors(map, dims, placed);
      const labels = makeGroups(old.n);
      const same =
        kept.mapNeighbors.reduce(
          (count, j, e) => count + (labels[j] === (old.n + Math.floor(e / kept.k)) % 5 ? 1 : 0),
          0,
        ) / kept.mapNeighbors.length;
      const before = labelAgreement(exactNeighbors(points(map, dims), 15), labels, 15)!.mean;
      expect(same).toBeGreaterThan(before - 0.03);
      expect(await algorithm.place(input, parameters, { seed: 3, threads: 1 })).toEqual(placed);
      const alone = await algorithm.place({ ...input, fresh: part(young, 17, 18) }, parameters, { seed: 3 });
      expect([...alone.coordinates]).toEqual([...placed.coordinates.subarray(17 * dims, 18 * dims)]);
    },
  );
  it('that are stored points rest near their own place', async () => {
    const back = await algorithm.place({ ...input, fresh: old }, parameters, { seed: 3, threads: 2 });
    expect(align(back.coordinates, map, dims).relativeMovement).toBeLessThan(key === 'pca' ? 1e-5 : 0.12);
  });
  it('are finite as equal points, far away, and in a map of one; the signal stops', async () => {
    const equal = points(new Float32Array(60), 2);
    const far = points(Float32Array.of(1e6, -1e6), 2);
    for (const newcomer of [far, points(new Float32Array(2), 2)]) {
      for (const [many, at] of [
        [equal, new Float32Array(30 * dims)],
        [points(Float32Array.of(0, 0), 2), new Float32Array(dims).fill(3)],
      ] as const) {
        expect(
          (
            await algorithm.place({ stored: many, map: at, fresh: newcomer }, parameters, {})
          ).coordinates.every(Number.isFinite),
        ).toBe(true);
      }
    }
    for (const some of [young, part(young, 0, 3)])
      await expect(
        algorithm.place({ ...input, fresh: some }, parameters, { signal: AbortSignal.abort() }),
      ).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(algorithm.place({ ...input, fresh: far }, parameters, {})).rejects.toMatchObject({
      reason: 'TRANSFORM_SHAPE',
    });
    await expect(algorithm.place({ ...input, map: map.subarray(1) }, parameters, {})).rejects.toMatchObject({
      reason: 'TRANSFORM_SHAPE',
    });
  });
});

describe('what places keep', () => {
  it('is the share of common neighbours among the stored points', () => {
    const placed = {
      coordinates: Float32Array.of(0, 0, 10, 0),
      k: 2,
      neighbors: Int32Array.of(0, 1, 0, 1),
      distances: new Float32Array(4),
    };
    const kept = keptNeighbors(Float32Array.of(0, 1, 0, 2, 10, 1, 9, 0), 2, placed);
    expect(kept).toEqual({
      k: 2,
      perPoint: Float32Array.of(1, 0),
      mean: 0.5,
      mapNeighbors: Int32Array.of(0, 1, 2, 3),
    });
  });
});
