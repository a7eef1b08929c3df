import { transform } from '../placing/transform.js';
import type { FirstPlaces } from '../umap/first-places.js';
import { umap } from '../umap/umap.js';
import { layoutOptions, type ProjectionAlgorithm } from './algorithm.js';

/** UMAP, seeded and parallel. From a previous map it runs fewer epochs. */
export const umapAlgorithm: ProjectionAlgorithm = {
  key: 'umap',
  title: 'UMAP',
  summary: 'UMAP keeps neighbors together and clusters apart; a good first look.',
  reference: 'McInnes et al. 2018',
  parameters: [
    {
      type: 'integer',
      name: 'n_neighbors',
      title: 'Neighbors',
      help: 'How many neighbors each sample is held near: few show fine structure, many the large shape.',
      default: 15,
      minimum: 2,
      maximum: 200,
      step: 1,
    },
    {
      type: 'number',
      name: 'min_dist',
      title: 'Least distance',
      help: 'How close dots may lie: near 0 packs clusters tightly, near 1 spreads them evenly.',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      step: 0.05,
    },
    {
      type: 'number',
      name: 'spread',
      title: 'Spread',
      help: 'The scale of the whole map: larger sets clusters farther apart.',
      default: 1,
      minimum: 0.1,
      maximum: 10,
      step: 0.1,
    },
    {
      type: 'integer',
      name: 'epochs',
      title: 'Epochs',
      help: 'How many passes improve the layout.',
      default: 0,
      minimum: 0,
      maximum: 10_000,
      step: 50,
      automatic: '500, or 400 for many samples',
    },
    {
      // Share of the way back that a step at full rate takes.
      type: 'number',
      name: 'anchor_weight',
      title: 'Hold',
      help:
        'How strongly samples are held where they were in the map that this one starts from; 0 lets them ' +
        'go.',
      default: 0.1,
      minimum: 0,
      maximum: 1,
      step: 0.05,
    },
    {
      type: 'choice',
      name: 'init',
      title: 'Initialization',
      help:
        'Where the layout starts unless it starts from a map: components keep the large shape best, ' +
        'eigenvectors are where umap-learn starts.',
      default: 'pca',
      choices: [
        { value: 'pca', title: 'principal components' },
        { value: 'spectral', title: 'eigenvectors of the graph (spectral)' },
        { value: 'random', title: 'anywhere (random)' },
      ] satisfies { value: FirstPlaces; title: string }[],
    },
  ],
  facts: {
    usedByDefault: true,
    usesSeed: true,
    placing:
      'UMAP places each sample among its neighbors of the map and improves its place alone, as transform of ' +
      'umap-learn does (McInnes et al. 2018).',
  },
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
