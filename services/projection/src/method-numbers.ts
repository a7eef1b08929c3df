import { Algorithm, ClusterMethod } from '@noema/contracts/noema/projection/v1/exploration';
import { defaultProjection } from '@noema/manifold';
import { defaultClustering } from './clustering/cluster-methods.js';
import { methodAmbiguous } from './exploration/exploration.errors.js';

/** The methods of one kind that had a number before methods had keys; no others get one. */
class MethodNumbers<T extends number> {
  private readonly keys: ReadonlyMap<T, string>;

  constructor(
    private readonly numbers: Readonly<Record<string, T>>,
    private readonly fields: { readonly number: string; readonly key: string },
    private readonly unspecified: T,
    private readonly defaultKey: string,
  ) {
    this.keys = new Map(Object.entries(numbers).map(([key, number]) => [number, key]));
  }

  /** The number of a method; unspecified for one that has a key only. */
  number(key: string): T {
    return this.numbers[key] ?? this.unspecified;
  }

  /**
   * The key that a request names by number, by key or not at all. Throws `invalid` METHOD_AMBIGUOUS if number
   * and key name two methods. Whether a method has the key is for its registry to say.
   */
  key(number: T, key: string): string {
    const numbered = number === this.unspecified ? undefined : (this.keys.get(number) ?? String(number));
    if (numbered !== undefined && key !== '' && numbered !== key)
      throw methodAmbiguous(this.fields, numbered, key);
    return key || (numbered ?? this.defaultKey);
  }
}

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
  defaultProjection.key,
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
  defaultClustering.key,
);
