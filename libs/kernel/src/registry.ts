import { DomainError } from './domain-error.js';

/** An explicit list of plug-ins by key; a duplicate key throws when the list is built. */
export class Registry<T extends { readonly key: string }> {
  private readonly entries = new Map<string, T>();

  constructor(
    readonly noun: string,
    entries: readonly T[],
  ) {
    for (const entry of entries) this.add(entry);
  }

  keys(): string[] {
    return [...this.entries.keys()];
  }

  /** The entries in the order of the list. */
  values(): T[] {
    return [...this.entries.values()];
  }

  /** Adds an entry behind the list, such as a plug-in under test; the function that it returns removes it. */
  add(entry: T): () => void {
    if (this.entries.has(entry.key)) throw new Error(`${this.noun} "${entry.key}" is registered twice`);
    this.entries.set(entry.key, entry);
    return () => this.entries.delete(entry.key);
  }

  find(key: string): T | undefined {
    return this.entries.get(key);
  }

  /**
   * Returns the plug-in of the key. Throws `invalid` <NOUN>_UNKNOWN, which names the key and all known keys.
   */
  get(key: string): T {
    const entry = this.entries.get(key);
    if (entry !== undefined) return entry;
    const reason = `${this.noun.toUpperCase().replaceAll(/[^A-Z]+/g, '_')}_UNKNOWN`;
    throw new DomainError(
      'invalid',
      reason,
      `unknown ${this.noun} "${key}"; known: ${this.keys().sort().join(', ')}`,
      { metadata: { key } },
    );
  }
}
