import { pcaMap } from '../pca-map.js';
import { transformPca } from '../placing/transform.js';
import type { ProjectionAlgorithm } from './algorithm.js';

/** The first principal components. */
export const pcaAlgorithm: ProjectionAlgorithm = {
  key: 'pca',
  title: 'PCA',
  summary:
    'PCA is the plainest: a straight projection along the directions of greatest variance, in which ' +
    'distances can be read, but neighbors overlap.',
  reference: '',
  parameters: [],
  facts: {
    usedByDefault: false,
    usesSeed: false,
    placing: 'PCA projects each sample along the components of the map, exactly.',
  },
  neighborsNeeded: () => 0,
  project: ({ vectors, dims }) => Promise.resolve(pcaMap(vectors, dims).coordinates),
  place: (input, _parameters, options) => transformPca(input, options),
};
