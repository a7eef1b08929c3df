import { transform } from '../placing/transform.js';
import { FIRST_PLACES, type FirstPlaces } from '../umap/first-places.js';
import { umap } from '../umap/umap.js';
import { layoutOptions, type ProjectionAlgorithm } from './algorithm.js';

/** UMAP, seeded and parallel. From a previous map it runs fewer epochs. */
export const umapAlgorithm: ProjectionAlgorithm = {
  key: 'umap',
  parameters: [
    {
      name: 'n_neighbors',
      description: 'neighbours that a point is compared with, itself counted',
      default: 15,
      minimum: 2,
      maximum: 200,
      integer: true,
    },
    {
      name: 'min_dist',
      description: 'least distance of points in the map',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      integer: false,
    },
    {
      name: 'spread',
      description: 'scale of the map',
      default: 1,
      minimum: 0.1,
      maximum: 10,
      integer: false,
    },
    {
      name: 'epochs',
      description:
        'passes over the graph; 0 for 500 up to 10,000 points, 400 beyond, 200 from a previous map',
      default: 0,
      minimum: 0,
      maximum: 10_000,
      integer: true,
    },
    {
      name: 'anchor_weight',
      description:
        'how strongly points of a previous map are held where they were: the share of the way back that ' +
        'a step at full rate takes',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      integer: false,
    },
  ],
  choices: [
    {
      name: 'init',
      description:
        'where a layout begins that does not start from a map: the principal components, the ' +
        'eigenvectors of the Laplacian of its graph, or anywhere',
      default: 'pca',
      choices: FIRST_PLACES,
    },
  ],
  neighborsNeeded: (parameters) => parameters.number('n_neighbors') - 1,
  project: (input, parameters) =>
    umap(input.vectors, input.neighbors, {
      ...layoutOptions(input),
      neighbors: parameters.number('n_neighbors'),
      minDist: parameters.number('min_dist'),
      spread: parameters.number('spread'),
      first: parameters.choice('init') as FirstPlaces,
      ...(input.held &&
        parameters.number('anchor_weight') > 0 && {
          hold: { places: input.held, weight: parameters.number('anchor_weight') },
        }),
      ...(parameters.number('epochs') > 0 ? { epochs: parameters.number('epochs') } : {}),
    }),
  place: ({ stored, map, fresh }, parameters, options) =>
    transform(stored, map, fresh, {
      ...options,
      neighbors: parameters.number('n_neighbors'),
      minDist: parameters.number('min_dist'),
      spread: parameters.number('spread'),
    }),
};
