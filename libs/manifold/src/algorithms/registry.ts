import { Registry } from '@noema/kernel';
import { pacmapAlgorithm } from './pacmap.algorithm.js';
import { pcaAlgorithm } from './pca.algorithm.js';
import { tsneAlgorithm } from './tsne.algorithm.js';
import { umapAlgorithm } from './umap.algorithm.js';

/** All algorithms that compute maps. A new one is one file and one line here. */
export const projectionAlgorithms = new Registry('projection algorithm', [
  pcaAlgorithm,
  umapAlgorithm,
  tsneAlgorithm,
  pacmapAlgorithm,
]);
