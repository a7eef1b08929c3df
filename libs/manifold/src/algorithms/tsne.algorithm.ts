import { transformTsne } from '../placing/transform.js';
import { NEIGHBORS_PER_PERPLEXITY, tsne } from '../tsne/tsne.js';
import { layoutOptions, type ProjectionAlgorithm } from './algorithm.js';

/** t-SNE, seeded and parallel. From a previous map it runs without exaggeration. */
export const tsneAlgorithm: ProjectionAlgorithm = {
  key: 'tsne',
  title: 't-SNE',
  summary: 't-SNE keeps the nearest neighbors best, but how far clusters lie from each other says little.',
  reference: 'van der Maaten & Hinton 2008',
  parameters: [
    {
      type: 'number',
      name: 'perplexity',
      title: 'Perplexity',
      help: 'How many neighbors of a sample count: few show fine structure, many the large shape.',
      default: 30,
      minimum: 1,
      maximum: 200,
      step: 5,
    },
    {
      type: 'number',
      name: 'exaggeration',
      title: 'Early exaggeration',
      help: 'How strongly neighbors pull in the first third of the steps, so that clusters find together.',
      default: 12,
      minimum: 1,
      maximum: 100,
      step: 1,
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
      automatic: '750, or 250 from a map',
    },
  ],
  facts: {
    usedByDefault: false,
    usesSeed: true,
    placing:
      't-SNE starts each sample amid its 25 nearest of the map and improves its place in small steps, as ' +
      'transform of openTSNE does (Poličar et al. 2024).',
  },
  neighborsNeeded: (parameters) => Math.ceil(parameters.number('perplexity') * NEIGHBORS_PER_PERPLEXITY),
  project: (input, parameters) =>
    tsne(input.vectors, input.neighbors, {
      ...layoutOptions(input),
      perplexity: parameters.number('perplexity'),
      exaggeration: parameters.number('exaggeration'),
      ...(parameters.number('steps') > 0 ? { steps: parameters.number('steps') } : {}),
    }),
  place: (input, _parameters, options) => transformTsne(input, options),
};
