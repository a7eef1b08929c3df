import { transform } from '../placing/transform.js';
import { umap } from '../umap/umap.js';
import { layoutOptions, type ProjectionAlgorithm } from './algorithm.js';

/** UMAP, seeded and parallel; from a previous map it takes fewer epochs. */
export const umapAlgorithm: ProjectionAlgorithm = {
  key: 'umap',
  parameters: [
    { name: 'n_neighbors', description: 'neighbours that a point is compared with, itself counted', default: 15, minimum: 2, maximum: 200, integer: true },
    { name: 'min_dist', description: 'least distance of points in the map', default: 0.1, minimum: 0, maximum: 1, integer: false },
    { name: 'spread', description: 'scale of the map', default: 1, minimum: 0.1, maximum: 10, integer: false },
    { name: 'epochs', description: 'passes over the graph; 0 for 500 up to 10,000 points, 200 beyond or from a previous map', default: 0, minimum: 0, maximum: 10_000, integer: true },
  ],
  neighborsNeeded: (parameters) => parameters.number('n_neighbors') - 1,
  project: (input, parameters) => umap(input.vectors, input.neighbors, {
    ...layoutOptions(input),
    neighbors: parameters.number('n_neighbors'), minDist: parameters.number('min_dist'), spread: parameters.number('spread'),
    ...(parameters.number('epochs') > 0 ? { epochs: parameters.number('epochs') } : {}),
  }),
  place: ({ stored, map, fresh }, parameters, options) => transform(stored, map, fresh, {
    ...options, neighbors: parameters.number('n_neighbors'), minDist: parameters.number('min_dist'), spread: parameters.number('spread'),
  }),
};
