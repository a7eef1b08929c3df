/** Listeners by event. */
export class Listeners<Events> {
  private readonly sets = new Map<keyof Events, Set<(detail: never) => void>>();

  /** Adds a listener and returns the function that removes it. */
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void {
    const set = this.sets.get(event) ?? new Set();
    this.sets.set(event, set.add(listener));
    return () => {
      set.delete(listener);
    };
  }

  tell<E extends keyof Events>(event: E, detail: Events[E]): void {
    for (const listener of this.sets.get(event) ?? []) (listener as (detail: Events[E]) => void)(detail);
  }

  clear(): void {
    this.sets.clear();
  }
}
