import { pacmap, PACMAP_EXTRA, PACMAP_NEIGHBORS, pacmapNeighbors } from '../pacmap/pacmap.js';
import { transformPacmap } from '../placing/transform.js';
import { layoutOptions, type ParameterValues, type ProjectionAlgorithm } from './algorithm.js';

const countNear = (parameters: ParameterValues, n: number): number =>
  parameters.number('n_neighbors') || pacmapNeighbors(n);

/** PaCMAP, seeded and parallel. From a previous map it runs only the local phase. */
export const pacmapAlgorithm: ProjectionAlgorithm = {
  key: 'pacmap',
  title: 'PaCMAP',
  summary: 'PaCMAP balances neighbors and the large shape.',
  reference: 'Wang et al. 2021',
  parameters: [
    {
      type: 'integer',
      name: 'n_neighbors',
      title: 'Neighbors',
      help: 'How many near pairs hold each sample; 0 for more where there are many samples.',
      default: PACMAP_NEIGHBORS,
      minimum: 0,
      maximum: 200,
      step: 1,
    },
    {
      type: 'number',
      name: 'mid_ratio',
      title: 'Mid-near pairs',
      help: 'How many pairs at middle distance, for each near one: they keep the large shape.',
      default: 0.5,
      minimum: 0,
      maximum: 10,
      step: 0.1,
    },
    {
      type: 'number',
      name: 'far_ratio',
      title: 'Further pairs',
      help: 'How many pairs far apart, for each near one: they keep clusters from each other.',
      default: 2,
      minimum: 0,
      maximum: 20,
      step: 0.5,
    },
    {
      type: 'integer',
      name: 'steps',
      title: 'Steps',
      help: 'How many steps improve the layout.',
      default: 0,
      minimum: 0,
      maximum: 10_000,
      step: 50,
      automatic: '450, or 250 from a map',
    },
  ],
  facts: {
    usedByDefault: false,
    usesSeed: true,
    placing: 'PaCMAP draws each sample to its near pairs of the map, as its authors do (Wang et al. 2021).',
  },
  neighborsNeeded: (parameters, n) => countNear(parameters, n) + PACMAP_EXTRA,
  project: (input, parameters) =>
    pacmap(input.vectors, input.neighbors, {
      ...layoutOptions(input),
      midRatio: parameters.number('mid_ratio'),
      farRatio: parameters.number('far_ratio'),
      neighbors: countNear(parameters, input.vectors.n),
      ...(parameters.number('steps') > 0 ? { steps: parameters.number('steps') } : {}),
    }),
  place: (input, parameters, options) =>
    transformPacmap(input, { ...options, neighbors: countNear(parameters, input.stored.n) }),
};
