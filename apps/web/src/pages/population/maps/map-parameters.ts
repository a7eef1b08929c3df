import type { JsonObject } from '@bufbuild/protobuf';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { value } from '../../../parts/numbers.js';
import type { AlgorithmKey } from './map-choice.js';

/** One number that an algorithm can be given: how it is called, what it does, and what is allowed. */
export interface MapParameter {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly standard: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  /** What stands in the field while the platform chooses; only where the standard is 0 for that. */
  readonly chosen?: string;
}

/** What the algorithms can be given; a test holds it against those of libs/manifold. */
export const MAP_PARAMETERS: Readonly<Record<AlgorithmKey, readonly MapParameter[]>> = {
  umap: [
    {
      name: 'n_neighbors',
      title: 'Neighbors',
      help: 'How many neighbors each sample is held near: few show fine structure, many the large shape.',
      standard: 15,
      minimum: 2,
      maximum: 200,
      step: 1,
    },
    {
      name: 'min_dist',
      title: 'Least distance',
      help: 'How close dots may lie: near 0 packs clusters tightly, near 1 spreads them evenly.',
      standard: 0.1,
      minimum: 0,
      maximum: 1,
      step: 0.05,
    },
    {
      name: 'spread',
      title: 'Spread',
      help: 'The scale of the whole map: larger sets clusters farther apart.',
      standard: 1,
      minimum: 0.1,
      maximum: 10,
      step: 0.1,
    },
    {
      name: 'epochs',
      title: 'Epochs',
      help: 'How many passes improve the layout.',
      standard: 0,
      minimum: 0,
      maximum: 10_000,
      step: 50,
      chosen: '500, or 400 for many samples',
    },
    {
      name: 'anchor_weight',
      title: 'Hold',
      help:
        'How strongly samples are held where they were in the map that this one starts from; 0 lets them ' +
        'go.',
      standard: 0.1,
      minimum: 0,
      maximum: 1,
      step: 0.05,
    },
  ],
  tsne: [
    {
      name: 'perplexity',
      title: 'Perplexity',
      help: 'How many neighbors of a sample count: few show fine structure, many the large shape.',
      standard: 30,
      minimum: 1,
      maximum: 200,
      step: 5,
    },
    {
      name: 'exaggeration',
      title: 'Early exaggeration',
      help: 'How strongly neighbors pull in the first third of the steps, so that clusters find together.',
      standard: 12,
      minimum: 1,
      maximum: 100,
      step: 1,
    },
    {
      name: 'steps',
      title: 'Steps',
      help: 'How many steps improve the layout.',
      standard: 0,
      minimum: 0,
      maximum: 10_000,
      step: 50,
      chosen: '750, or 250 from a map',
    },
  ],
  pacmap: [
    {
      name: 'n_neighbors',
      title: 'Neighbors',
      help: 'How many near pairs hold each sample; 0 for more where there are many samples.',
      standard: 10,
      minimum: 0,
      maximum: 200,
      step: 1,
    },
    {
      name: 'mid_ratio',
      title: 'Mid-near pairs',
      help: 'How many pairs at middle distance, for each near one: they keep the large shape.',
      standard: 0.5,
      minimum: 0,
      maximum: 10,
      step: 0.1,
    },
    {
      name: 'far_ratio',
      title: 'Further pairs',
      help: 'How many pairs far apart, for each near one: they keep clusters from each other.',
      standard: 2,
      minimum: 0,
      maximum: 20,
      step: 0.5,
    },
    {
      name: 'steps',
      title: 'Steps',
      help: 'How many steps improve the layout.',
      standard: 0,
      minimum: 0,
      maximum: 10_000,
      step: 50,
      chosen: '450, or 250 from a map',
    },
  ],
  pca: [],
};

/** A setting with a few values: how it is called, what it does, and what may be chosen. */
export interface MapSettingChoice {
  readonly name: string;
  readonly title: string;
  readonly help: string;
  readonly standard: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** The settings of that kind; the same test holds them against those of libs/manifold. */
export const MAP_CHOICES: Readonly<Record<AlgorithmKey, readonly MapSettingChoice[]>> = {
  umap: [
    {
      name: 'init',
      title: 'Initialization',
      standard: 'pca',
      help:
        'Where the layout starts unless it starts from a map: components keep the large shape best, ' +
        'eigenvectors are where umap-learn starts.',
      choices: [
        { value: 'pca', label: 'principal components' },
        { value: 'spectral', label: 'eigenvectors of the graph (spectral)' },
        { value: 'random', label: 'anywhere (random)' },
      ],
    },
  ],
  tsne: [],
  pacmap: [],
  pca: [],
};

/** How each algorithm places samples in a map that stays as it is. */
export const PLACING_HELP: Readonly<Record<AlgorithmKey, string>> = {
  umap:
    'UMAP places each sample among its neighbors of the map and improves its place alone, as transform of ' +
    'umap-learn does (McInnes et al. 2018).',
  tsne:
    't-SNE starts each sample amid its 25 nearest of the map and improves its place in small steps, as ' +
    'transform of openTSNE does (Poličar et al. 2024).',
  pacmap: 'PaCMAP draws each sample to its near pairs of the map, as its authors do (Wang et al. 2021).',
  pca: 'PCA projects each sample along the components of the map, exactly.',
};

/** What each algorithm is good for, in one sentence. */
export const ALGORITHM_HELP: Readonly<Record<AlgorithmKey, string>> = {
  umap: 'UMAP keeps neighbors together and clusters apart; a good first look (McInnes et al. 2018).',
  tsne:
    't-SNE keeps the nearest neighbors best, but how far clusters lie from each other says little (van ' +
    'der Maaten & Hinton 2008).',
  pacmap: 'PaCMAP balances neighbors and the large shape (Wang et al. 2021).',
  pca:
    'PCA is the plainest: a straight projection along the directions of greatest variance, in which ' +
    'distances can be read, but neighbors overlap.',
};

/** What of the settings in use is not as usual, in words: `perplexity 50`; empty when all is. */
export function unusualSettings(algorithm: AlgorithmKey, params: JsonObject | undefined): string {
  const numbers = MAP_PARAMETERS[algorithm].flatMap(({ name, title, standard }) => {
    const used = params?.[name];
    return typeof used !== 'number' || used === standard ? [] : [`${title.toLowerCase()} ${value(used)}`];
  });
  const words = MAP_CHOICES[algorithm].flatMap(({ name, title, standard }) => {
    const used = params?.[name];
    return typeof used !== 'string' || used === standard ? [] : [`${title.toLowerCase()} ${used}`];
  });
  return [...numbers, ...words].join(', ');
}

/**
 * How a map differs from others that show the same: its settings, and its seed where that is not the same in
 * all.
 */
export const madeWith = (
  algorithm: AlgorithmKey,
  { params, seed }: Pick<Exploration, 'params' | 'seed'>,
  tellsSeed: boolean,
): string => `${unusualSettings(algorithm, params) || 'usual settings'}${tellsSeed ? `, seed ${seed}` : ''}`;

/** The settings to send: those that are not as usual and were given. */
export const paramsOf = (
  algorithm: AlgorithmKey,
  given: Readonly<Record<string, number | string>>,
): Record<string, number | string> =>
  Object.fromEntries(
    [...MAP_PARAMETERS[algorithm], ...MAP_CHOICES[algorithm]].flatMap(({ name, standard }) => {
      const asked = given[name];
      return typeof asked !== typeof standard || asked === undefined || asked === standard
        ? []
        : [[name, asked]];
    }),
  );
