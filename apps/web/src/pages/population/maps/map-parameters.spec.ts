import { projectionAlgorithms } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_HELP,
  madeWith,
  MAP_CHOICES,
  MAP_PARAMETERS,
  PLACING_HELP,
  paramsOf,
  unusualSettings,
} from './map-parameters.js';
import { ALGORITHM_KEYS } from './map-choice.js';

describe('the settings of a map', () => {
  it('are those that the platform has, with the same limits', () => {
    for (const key of ALGORITHM_KEYS) {
      const theirs = projectionAlgorithms.get(key).parameters;
      expect(
        MAP_PARAMETERS[key].map(({ name, standard, minimum, maximum }) => ({
          name,
          default: standard,
          minimum,
          maximum,
        })),
        key,
      ).toEqual(
        theirs.map(({ name, default: standard, minimum, maximum }) => ({
          name,
          default: standard,
          minimum,
          maximum,
        })),
      );
      expect(
        MAP_PARAMETERS[key].every(({ step }, at) => !theirs[at]!.integer || Number.isInteger(step)),
        key,
      ).toBe(true);
      expect(
        MAP_PARAMETERS[key]
          .filter(({ chosen }) => chosen !== undefined)
          .every(({ standard }) => standard === 0),
        key,
      ).toBe(true);
      expect(
        MAP_CHOICES[key].map(({ name, standard, choices }) => ({
          name,
          default: standard,
          choices: choices.map(({ value }) => value),
        })),
        key,
      ).toEqual(
        (projectionAlgorithms.get(key).choices ?? []).map(({ name, default: standard, choices }) => ({
          name,
          default: standard,
          choices: [...choices],
        })),
      );
      for (const help of [ALGORITHM_HELP[key], PLACING_HELP[key]]) expect(help).toMatch(/\.$/);
    }
  });

  it('are told where they are not as usual', () => {
    expect(unusualSettings('tsne', { perplexity: 50, exaggeration: 12, steps: 0 })).toBe('perplexity 50');
    expect(unusualSettings('umap', { n_neighbors: 15, min_dist: 0.5, epochs: 1_000 })).toBe(
      'least distance 0.5, epochs 1,000',
    );
    expect(unusualSettings('umap', { n_neighbors: 30, init: 'spectral' })).toBe(
      'neighbors 30, initialization spectral',
    );
    expect(unusualSettings('umap', { init: 'pca' })).toBe('');
    expect(unusualSettings('pca', undefined)).toBe('');
    expect(madeWith('umap', { params: { n_neighbors: 15 }, seed: 7 }, true)).toBe('usual settings, seed 7');
    expect(madeWith('tsne', { params: { perplexity: 5 }, seed: 8 }, false)).toBe('perplexity 5');
  });

  it('are sent only where they were given and are not as usual', () => {
    expect(paramsOf('tsne', { perplexity: 50, exaggeration: 12, steps: '', n_neighbors: 3 })).toEqual({
      perplexity: 50,
    });
    expect(paramsOf('umap', { init: 'random', epochs: '' })).toEqual({ init: 'random' });
    expect(paramsOf('umap', { init: 'pca' })).toEqual({});
    expect(paramsOf('pacmap', { n_neighbors: 10, mid_ratio: 0 })).toEqual({ mid_ratio: 0 });
  });
});
