import { pacmap, PACMAP_EXTRA, PACMAP_NEIGHBORS, pacmapNeighbors } from '../pacmap/pacmap.js';
import { transformPacmap } from '../placing/transform.js';
import { layoutOptions, type ParameterValues, type ProjectionAlgorithm } from './algorithm.js';

const nearOf = (parameters: ParameterValues, n: number): number =>
  parameters.number('n_neighbors') || pacmapNeighbors(n);

/** PaCMAP, seeded and parallel. From a previous map it runs only the local phase. */
export const pacmapAlgorithm: ProjectionAlgorithm = {
  key: 'pacmap',
  parameters: [
    {
      name: 'n_neighbors',
      description:
        'near pairs of a point; 0 for as many as the paper gives one: 10 up to 10,000 points, more beyond',
      default: PACMAP_NEIGHBORS,
      minimum: 0,
      maximum: 200,
      integer: true,
    },
    {
      name: 'mid_ratio',
      description: 'mid-near pairs as a multiple of near pairs',
      default: 0.5,
      minimum: 0,
      maximum: 10,
      integer: false,
    },
    {
      name: 'far_ratio',
      description: 'further pairs as a multiple of near pairs',
      default: 2,
      minimum: 0,
      maximum: 20,
      integer: false,
    },
    {
      name: 'steps',
      description: 'steps in all; 0 for 450, or 250 from a previous map',
      default: 0,
      minimum: 0,
      maximum: 10_000,
      integer: true,
    },
  ],
  neighborsNeeded: (parameters, n) => nearOf(parameters, n) + PACMAP_EXTRA,
  project: (input, parameters) =>
    pacmap(input.vectors, input.neighbors, {
      ...layoutOptions(input),
      midRatio: parameters.number('mid_ratio'),
      farRatio: parameters.number('far_ratio'),
      neighbors: nearOf(parameters, input.vectors.n),
      ...(parameters.number('steps') > 0 ? { steps: parameters.number('steps') } : {}),
    }),
  place: (input, parameters, options) =>
    transformPacmap(input, { ...options, neighbors: nearOf(parameters, input.stored.n) }),
};
