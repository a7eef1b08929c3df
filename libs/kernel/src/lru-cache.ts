import { LRUCache } from 'lru-cache';

export interface LruCacheOptions<T> {
  /** Weight of a value, counted towards the limit. Default: 1. */
  readonly weigh?: (value: T) => number;
  /** Called with each evicted value. */
  readonly close?: (value: T) => void | Promise<void>;
  /** Whether a value above the limit is cached alone; otherwise it is neither cached nor closed. Default: true. */
  readonly cachesLarger?: boolean;
}

/**
 * A cache of the most recently used values by key, up to a total weight. Concurrent callers share one build.
 * A failed build is not cached. Evicted values are closed.
 */
export class LruCache<T> {
  private readonly building = new Map<string, Promise<T>>();
  private readonly cached: LRUCache<string, { readonly value: T }>;
  private readonly limit: number;

  constructor(
    limit: number,
    private readonly options: LruCacheOptions<T> = {},
  ) {
    this.limit = Math.max(1, Math.floor(limit));
    this.cached = new LRUCache({
      maxSize: this.limit,
      dispose: ({ value }, _key, reason) => {
        if (reason === 'evict') void options.close?.(value);
      },
    });
  }

  /** Returns the value of the key, and builds it if it is missing. */
  get(key: string, build: () => Promise<T>): Promise<T> {
    const cached = this.cached.get(key);
    if (cached !== undefined) return Promise.resolve(cached.value);
    const running = this.building.get(key);
    if (running !== undefined) return running;
    const building = build();
    this.building.set(key, building);
    // After `clear` the build is no longer ours: `clear` closes its value.
    const settle = (): boolean => this.building.get(key) === building && this.building.delete(key);
    building.then((value) => {
      if (settle()) this.keep(key, value);
    }, settle);
    return building;
  }

  /** Evicts all values, including those being built, and waits until they are closed. */
  async clear(): Promise<void> {
    const values = [...this.cached.values()].map(({ value }) => Promise.resolve(value));
    const all = [...values, ...this.building.values()];
    this.cached.clear();
    this.building.clear();
    const close = (value: T): void | Promise<void> => this.options.close?.(value);
    await Promise.all(all.map((value) => value.then(close, () => undefined)));
  }

  private keep(key: string, value: T): void {
    const weight = Math.ceil(this.options.weigh?.(value) ?? 1);
    if (weight > this.limit && this.options.cachesLarger === false) return;
    this.cached.set(key, { value }, { size: Math.min(Math.max(1, weight), this.limit) });
  }
}
