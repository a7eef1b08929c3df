export interface LruCacheOptions<T> {
  /** Weight of a value, counted towards the limit. Default: 1. */
  readonly weightOf?: (value: T) => number;
  /** Called with each evicted value. */
  readonly close?: (value: T) => void | Promise<void>;
}

/**
 * A cache of the least recently used values by key, up to a total weight. Evicted values are closed. Failed
 * values are not cached.
 */
export class LruCache<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; weight: number }>();
  private total = 0;

  constructor(
    private readonly limit: number,
    private readonly options: LruCacheOptions<T> = {},
  ) {}

  /** Returns the value of the key, and creates it if it is missing. Concurrent callers share one creation. */
  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known.value;
    }
    const entry = { value: make(), weight: 0 };
    this.entries.set(key, entry);
    const isKept = (): boolean => this.entries.get(key) === entry;
    entry.value.then(
      (value) => {
        if (!isKept()) return;
        entry.weight = this.options.weightOf?.(value) ?? 1;
        this.total += entry.weight;
        this.shrink(key);
      },
      () => {
        if (isKept()) this.entries.delete(key);
      },
    );
    return entry.value;
  }

  /** Evicts all values and waits until they are closed. */
  async clear(): Promise<void> {
    const all = [...this.entries.keys()];
    await Promise.all(all.map((key) => this.drop(key)));
  }

  private shrink(keep: string): void {
    for (const [key, { weight }] of this.entries) {
      if (this.total <= this.limit) return;
      // A value that is still being created has no weight yet, and a caller waits for it.
      if (key !== keep && weight > 0) void this.drop(key);
    }
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    if (entry === undefined) return;
    this.total -= entry.weight;
    await entry.value.then(
      (value) => this.options.close?.(value),
      () => undefined,
    );
  }
}
