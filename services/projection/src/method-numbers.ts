import { Algorithm, ClusterMethod } from '@noema/contracts/noema/projection/v1/exploration';
import { MethodNumbers } from '@noema/kernel';

/** Numbers of the algorithms that compute maps. */
export const projectionNumbers = new MethodNumbers<Algorithm>(
  {
    pca: Algorithm.PCA,
    umap: Algorithm.UMAP,
    tsne: Algorithm.TSNE,
    pacmap: Algorithm.PACMAP,
  },
  { number: 'algorithm', key: 'method' },
  Algorithm.UNSPECIFIED,
);

/** Numbers of the methods that cluster the samples. */
export const clusteringNumbers = new MethodNumbers<ClusterMethod>(
  {
    'k-means': ClusterMethod.K_MEANS,
    'k-means-silhouette': ClusterMethod.K_MEANS_SILHOUETTE,
    hdbscan: ClusterMethod.HDBSCAN,
  },
  { number: 'cluster_method', key: 'clustering_method' },
  ClusterMethod.UNSPECIFIED,
);
