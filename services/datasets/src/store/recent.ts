/** The things that were used last, by key, up to a total weight; what is thrown out is closed. */
export class Recent<T> {
  private readonly entries = new Map<string, { readonly value: Promise<T>; weight: number }>();
  private total = 0;

  constructor(private readonly limit: number, private readonly weightOf: (value: T) => number, private readonly close: (value: T) => void | Promise<void> = () => undefined) {}

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
    entry.value.then((value) => {
      entry.weight = this.weightOf(value);
      this.total += entry.weight;
      this.shrink(key);
    }, () => { this.entries.delete(key); });
    return entry.value;
  }

  async clear(): Promise<void> {
    const all = [...this.entries.keys()];
    await Promise.all(all.map((key) => this.drop(key)));
  }

  private shrink(keep: string): void {
    for (const key of this.entries.keys()) {
      if (this.total <= this.limit) return;
      if (key !== keep) void this.drop(key);
    }
  }

  private async drop(key: string): Promise<void> {
    const entry = this.entries.get(key);
    this.entries.delete(key);
    if (entry === undefined) return;
    this.total -= entry.weight;
    await entry.value.then((value) => this.close(value), () => undefined);
  }
}
