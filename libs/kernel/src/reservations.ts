/**
 * Places that several keys share: a key may hold no more than are still free, so it alone holds half, n
 * greedy keys a (n + 1)th each, and whoever comes next finds room (dynamic thresholds: Choudhury and Hahne,
 * IEEE/ACM Transactions on Networking 6, 1998). A key without a place finds one while there is any.
 */
export class Reservations {
  private readonly held = new Map<string, number>();
  private total = 0;

  constructor(readonly limit: number) {}

  /** Whether the key would get a place now. */
  hasRoom(key: string): boolean {
    const held = this.held.get(key) ?? 0;
    return this.total < this.limit && (held === 0 || held < this.limit - this.total);
  }

  /**
   * Takes a place; returns what gives it back, once however often it is called, or `undefined` when there is
   * none for the key.
   */
  take(key: string): (() => void) | undefined {
    if (!this.hasRoom(key)) return undefined;
    this.total++;
    this.held.set(key, (this.held.get(key) ?? 0) + 1);
    let back = false;
    return () => {
      if (back) return;
      back = true;
      this.total--;
      const left = this.held.get(key)! - 1;
      if (left === 0) this.held.delete(key);
      else this.held.set(key, left);
    };
  }
}
