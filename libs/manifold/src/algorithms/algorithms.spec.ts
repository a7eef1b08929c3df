import { describe, expect, it } from 'vitest';
import { exactNeighbors, parseParameters, projectionAlgorithms } from '../index.js';
import { cloud } from '../reference.fixture.js';

const neighbors = exactNeighbors(cloud, 60);

describe('every algorithm', () => {
  it.each(
    projectionAlgorithms.keys().flatMap((key) => ([2, 3] as const).map((dims) => [key, dims] as const)),
  )('%s in %i dimensions gives a map, and the map so far on the way', async (key, dims) => {
    const algorithm = projectionAlgorithms.get(key);
    const parameters = parseParameters(algorithm, {});
    const shown: Float32Array[] = [];
    const map = await algorithm.project(
      {
        vectors: cloud,
        neighbors,
        dims,
        seed: 1,
        threads: 2,
        snapshotEvery: 50,
        onProgress: (_done, _total, coordinates) => {
          if (coordinates !== undefined) shown.push(coordinates);
        },
      },
      parameters,
    );
    expect(map).toHaveLength(cloud.n * dims);
    expect(map.every(Number.isFinite)).toBe(true);
    if (key === 'pca') return; // made in one step
    expect(shown.length).toBeGreaterThan(2);
    for (const coordinates of shown) expect(coordinates).toHaveLength(cloud.n * dims);
    expect(shown[0]).not.toEqual(shown[1]);
  });
});
