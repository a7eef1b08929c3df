export type AlgorithmKey = 'umap' | 'tsne' | 'pacmap' | 'pca';
export const ALGORITHM_KEYS: readonly AlgorithmKey[] = ['umap', 'tsne', 'pacmap', 'pca'];

/** Which map: of which epoch (0 for the last), space, algorithm and dimensions. */
export interface MapChoice {
  readonly epoch: number;
  readonly space: string;
  readonly algorithm: AlgorithmKey;
  readonly dimensions: 2 | 3;
}
