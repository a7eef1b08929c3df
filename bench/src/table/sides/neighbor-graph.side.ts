import { cpus } from 'node:os';
import { type NeighborGraph, nearestNeighbors, points } from '@noema/manifold';
import { NEIGHBORS } from './neighbors.side.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const WARM_ROWS = 5_000;

/** The graph of a population by NN-descent. Argument: rows. */
export const neighborGraphSide: SideKind = {
  key: 'neighbor-graph',
  async prepare(data, [rows]) {
    const cloud = data.vectors(Number(rows));
    const options = { exactUpTo: 0, threads: cpus().length };
    const first = points(cloud.data.subarray(0, WARM_ROWS * cloud.d), cloud.d);
    await nearestNeighbors(first, NEIGHBORS, options);
    let graph: NeighborGraph | undefined;
    return {
      work: async () => {
        ({ graph } = await nearestNeighbors(cloud, NEIGHBORS, options));
      },
      save: async (folder) => {
        writeOutput(folder, 'neighbors.i32', graph!.indices);
        return {};
      },
    };
  },
};
