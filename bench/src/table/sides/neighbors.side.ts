import { cpus } from 'node:os';
import { exactKind, faissFlatKind, type Found, PREPARED_LIBRARY } from '@noema/similarity/indexes';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

/** Neighbours of each sample, itself not counted. */
export const NEIGHBORS = 15;
const WARM_ROWS = 1_000;

/** All neighbours from an open index. Arguments: `exact` or `faiss`, rows. */
export const neighborsSide: SideKind = {
  key: 'neighbors',
  async prepare(data, [kind, rows]) {
    const cloud = data.vectors(Number(rows));
    const threads = cpus().length;
    const index = await (kind === 'faiss'
      ? faissFlatKind({ library: PREPARED_LIBRARY, threads })
      : exactKind()
    ).open(cloud, {}, undefined);
    await index.search(
      { data: cloud.data.subarray(0, WARM_ROWS * cloud.d), n: WARM_ROWS, d: cloud.d },
      NEIGHBORS,
      { firstRow: 0 },
    );
    let found: Found | undefined;
    return {
      work: async () => {
        found = await index.search(cloud, NEIGHBORS, { firstRow: 0 });
      },
      save: async (folder) => {
        writeOutput(folder, 'neighbors.i32', found!.rows);
        return {};
      },
      close: () => index.close(),
    };
  },
};
