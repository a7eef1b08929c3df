import { exactNeighbors, pcaMap, points, trust, umap } from '@noema/manifold';
import { UMAP } from 'umap-js';
import { SIDE } from '@noema/example-mnist';
import { type Bench, ratio, timed } from './bench.js';
import { digits } from './digits.js';

const N = 3000;
const K = 15;

/** Graph and layout: both get the same neighbors of the first 3,000 digits' pixels, and 500 epochs. */
export const umapBench: Bench = {
  key: 'umap',
  about: `layout of ${N.toLocaleString('en')} digits from given neighbors, 500 epochs, against umap-js`,
  async run(print) {
    const cloud = points(digits().images.subarray(0, N * SIDE * SIDE), SIDE * SIDE);
    const graph = exactNeighbors(cloud, K);
    const init = pcaMap(cloud, 2).coordinates;
    const ours = await timed(() => umap(cloud, graph, { epochs: 500, seed: 42, init }));
    const row = (values: ArrayLike<number>, i: number): number[] =>
      Array.from({ length: K }, (_, j) => values[i * K + j]!);
    const peer = new UMAP({ nNeighbors: K, nEpochs: 500 });
    peer.setPrecomputedKNN(
      Array.from({ length: N }, (_, i) => [i, ...row(graph.indices, i).slice(1)]),
      Array.from({ length: N }, (_, i) => [0, ...row(graph.distances, i).slice(1)]),
    );
    const data = Array.from({ length: N }, (_, i) =>
      Array.from(cloud.data.subarray(i * cloud.d, (i + 1) * cloud.d)),
    );
    const theirs = await timed(() => peer.fit(data));
    for (const [name, map] of [
      ['ours', ours.result],
      ['umap-js', Float32Array.from(theirs.result.flat())],
      ['PCA', init],
    ] as const) {
      const { trustworthiness, overlap } = await trust(cloud, graph, map, { k: K - 1 });
      print(
        `${name.padEnd(8)} trustworthiness ${trustworthiness.toFixed(3)}, neighbor overlap ` +
          `${overlap.toFixed(3)}`,
      );
    }
    print(ratio(ours.seconds, theirs.seconds, 'umap-js'));
  },
};
