export interface LruCacheOptions<T> {
  /** What a thing counts towards the limit; 1 when left out. */
  readonly weightOf?: (value: T) => number;
  /** Called with what is thrown out. */
  readonly close?: (value: T) => void | Promise<void>;
}

/**
 * The things that were used last, by key, up to a total weight; what is thrown out is closed, what could not
 * be made is forgotten.
 */
export class LruCache<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; weight: number }>();
  private total = 0;

  constructor(
    private readonly limit: number,
    private readonly options: LruCacheOptions<T> = {},
  ) {}

  /** The thing of this key, made when it is not there; several who ask at once get the same one. */
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

  /** Throws everything out and waits until it is closed. */
  async clear(): Promise<void> {
    const all = [...this.entries.keys()];
    await Promise.all(all.map((key) => this.drop(key)));
  }

  private shrink(keep: string): void {
    for (const [key, { weight }] of this.entries) {
      if (this.total <= this.limit) return;
      // What is still being made weighs nothing yet, and somebody waits for it.
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
