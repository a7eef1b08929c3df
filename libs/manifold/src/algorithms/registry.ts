import { Registry } from '@noema/kernel';
import { pacmapAlgorithm } from './pacmap.algorithm.js';
import { pcaAlgorithm } from './pca.algorithm.js';
import { tsneAlgorithm } from './tsne.algorithm.js';
import { umapAlgorithm } from './umap.algorithm.js';

/**
 * All algorithms that compute maps, in the order in which people see them. A new one is one file and one line
 * here.
 */
export const projectionAlgorithms = new Registry('projection algorithm', [
  umapAlgorithm,
  tsneAlgorithm,
  pacmapAlgorithm,
  pcaAlgorithm,
]);

/** The algorithm that is used where a request names none, and for the map after every epoch. */
export const defaultProjection = projectionAlgorithms.values().find(({ facts }) => facts.usedByDefault)!;
