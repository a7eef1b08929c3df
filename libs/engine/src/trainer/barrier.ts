/** Where threads wait for each other; two integers of shared memory. */
export const BARRIER_INTS = 2;

/**
 * A reusable barrier for a group of threads. A thread that fails opens it permanently, so that the others do
 * not wait forever.
 */
export class Barrier {
  constructor(
    private readonly cells: Int32Array,
    private readonly at: number,
    private readonly threads: number,
  ) {}

  /** Waits, blocking the thread. Gives false when the barrier was broken. */
  wait(): boolean {
    const generation = Atomics.load(this.cells, this.at + 1);
    if (generation < 0) return false;
    if (Atomics.add(this.cells, this.at, 1) + 1 === this.threads) {
      Atomics.store(this.cells, this.at, 0);
      const next = Atomics.compareExchange(this.cells, this.at + 1, generation, generation + 1);
      Atomics.notify(this.cells, this.at + 1);
      return next >= 0;
    }
    // Who was last and is held up before it wakes the others wakes them when they may wait already for the
    // next time: only a new generation lets them pass.
    while (Atomics.load(this.cells, this.at + 1) === generation)
      Atomics.wait(this.cells, this.at + 1, generation);
    return Atomics.load(this.cells, this.at + 1) >= 0;
  }

  break(): void {
    Atomics.store(this.cells, this.at + 1, -1);
    Atomics.notify(this.cells, this.at + 1);
  }
}
