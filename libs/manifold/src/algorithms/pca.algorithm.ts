import { pcaMap } from '../pca-map.js';
import { transformPca } from '../placing/transform.js';
import type { ProjectionAlgorithm } from './algorithm.js';

/** The first principal components. */
export const pcaAlgorithm: ProjectionAlgorithm = {
  key: 'pca',
  parameters: [],
  neighborsNeeded: () => 0,
  project: ({ vectors, dims }) => Promise.resolve(pcaMap(vectors, dims).coordinates),
  place: (input, _parameters, options) => transformPca(input, options),
};
