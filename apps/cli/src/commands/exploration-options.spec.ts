import { Algorithm, ClusterMethod } from '@noema/contracts/noema/projection/v1/exploration';
import { expect, it } from 'vitest';
import { ALGORITHMS, CLUSTER_METHODS, parameter } from './exploration-options.js';

it('names every algorithm and cluster method of the contract', () => {
  expect([...ALGORITHMS]).toEqual([
    ['pca', Algorithm.PCA],
    ['umap', Algorithm.UMAP],
    ['tsne', Algorithm.TSNE],
    ['pacmap', Algorithm.PACMAP],
  ]);
  expect(CLUSTER_METHODS.get('k-means-silhouette')).toBe(ClusterMethod.K_MEANS_SILHOUETTE);
});

it('reads settings one after the other', () => {
  const settings = ['n_neighbors=30', 'min_dist=0.1', 'metric=cosine', 'exact=true', 'note='].reduce<
    ReturnType<typeof parameter>
  >((all, text) => parameter(text, all), {});
  expect(settings).toEqual({ n_neighbors: 30, min_dist: 0.1, metric: 'cosine', exact: true, note: '' });
  expect(() => parameter('n_neighbors')).toThrow(/such as n_neighbors=30/);
});
