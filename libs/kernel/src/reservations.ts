/**
 * Places that several keys share. A key may hold no more places than are still free: one key alone holds
 * half, n greedy keys hold 1/(n + 1) each, and a new key always finds a place (dynamic thresholds: Choudhury
 * and Hahne, IEEE/ACM Transactions on Networking 6, 1998). A key without a place gets one while any is free.
 */
export class Reservations {
  private readonly held = new Map<string, number>();
  private total = 0;

  constructor(readonly limit: number) {}

  /** True if the key would get a place now. */
  hasRoom(key: string): boolean {
    const held = this.held.get(key) ?? 0;
    return this.total < this.limit && (held === 0 || held < this.limit - this.total);
  }

  /**
   * Takes a place and returns an idempotent function that releases it, or `undefined` if there is no place
   * for the key.
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
