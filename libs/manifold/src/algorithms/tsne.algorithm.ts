import { transformTsne } from '../placing/transform.js';
import { NEIGHBORS_PER_PERPLEXITY, tsne } from '../tsne/tsne.js';
import { layoutOptions, type ProjectionAlgorithm } from './algorithm.js';

/** t-SNE, seeded and parallel. From a previous map it runs without exaggeration. */
export const tsneAlgorithm: ProjectionAlgorithm = {
  key: 'tsne',
  parameters: [
    {
      name: 'perplexity',
      description: 'neighbours of a point that count',
      default: 30,
      minimum: 1,
      maximum: 200,
      integer: false,
    },
    {
      name: 'exaggeration',
      description: 'factor on attraction in the first third of the steps',
      default: 12,
      minimum: 1,
      maximum: 100,
      integer: false,
    },
    {
      name: 'steps',
      description: 'steps in all; 0 for 750, or 250 from a previous map',
      default: 0,
      minimum: 0,
      maximum: 10_000,
      integer: true,
    },
  ],
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
