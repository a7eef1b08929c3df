import { points, type Points, trust, type TrustReport } from '@noema/manifold';
import { findNeighbors } from './neighbors.js';
import { NEIGHBORS } from './neighbors.side.js';
import type { SideKind } from './side.js';

const ROWS = 10_000;
const WARM_ROWS = 2_000;

/**
 * Trustworthiness of a map of 10,000 vectors as the projection service measures it, exact, the neighbours of
 * the vectors included; continuity, overlap and the numbers of every point come with it.
 */
export const trustSide: SideKind = {
  key: 'trust',
  async prepare(data) {
    const cloud = data.vectors(ROWS);
    const map = data.floats('map.f32');
    const measure = async (vectors: Points): Promise<TrustReport> =>
      trust(vectors, await findNeighbors(vectors, NEIGHBORS), map.subarray(0, 2 * vectors.n), {
        k: NEIGHBORS,
      });
    await measure(points(cloud.data.subarray(0, WARM_ROWS * cloud.d), cloud.d));
    let report: TrustReport | undefined;
    return {
      work: async () => {
        report = await measure(cloud);
      },
      save: async () => ({ trustworthiness: report!.trustworthiness }),
    };
  },
};
