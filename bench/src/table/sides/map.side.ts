import { parseParameters, type Points, points, projectionAlgorithms } from '@noema/manifold';
import { findNeighbors } from './neighbors.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const WARM_ROWS = 2_000;
const SEED = 42;

/** A map of perception vectors, neighbours included. Arguments: algorithm, rows, its parameters as JSON. */
export const mapSide: SideKind = {
  key: 'map',
  async prepare(data, [key, rows, settings = '{}']) {
    const algorithm = projectionAlgorithms.get(key!);
    const parameters = parseParameters(algorithm, JSON.parse(settings) as Record<string, number>);
    const cloud = data.vectors(Number(rows));
    const k = algorithm.neighborsNeeded(parameters, Number(rows));
    const lay = async (vectors: Points): Promise<Float32Array> =>
      algorithm.project(
        { vectors, dims: 2, seed: SEED, ...(k > 0 ? { neighbors: await findNeighbors(vectors, k) } : {}) },
        parameters,
      );
    await lay(points(cloud.data.subarray(0, WARM_ROWS * cloud.d), cloud.d));
    let map: Float32Array = new Float32Array();
    return {
      work: async () => {
        map = await lay(cloud);
      },
      save: async (folder) => {
        writeOutput(folder, 'map.f32', map);
        return {};
      },
    };
  },
};
