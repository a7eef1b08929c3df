const CLOSED = 1;
const PATIENCE_MS = 10_000;

/**
 * Counts the threads inside the runtime. The runtime aborts if the process exits during a call, so the exit
 * waits until running batches are done, and new calls are blocked.
 */
export class ExitGate {
  private constructor(readonly cells: Int32Array) {}

  /** The gate of this process, created and registered for its exit at first use. */
  static readonly own = (() => {
    let gate: ExitGate | undefined;
    return (): ExitGate => {
      if (gate !== undefined) return gate;
      const made = (gate = new ExitGate(new Int32Array(new SharedArrayBuffer(8))));
      process.once('exit', () => {
        made.close();
      });
      return made;
    };
  })();

  /** The same gate in a worker thread. */
  static over(cells: Int32Array): ExitGate {
    return new ExitGate(cells);
  }

  /** Does work that enters the runtime. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    Atomics.add(this.cells, 0, 1);
    try {
      if (Atomics.load(this.cells, CLOSED) === 1) this.stayOutside();
      return await work();
    } finally {
      Atomics.sub(this.cells, 0, 1);
      Atomics.notify(this.cells, 0);
    }
  }

  private stayOutside(): void {
    Atomics.sub(this.cells, 0, 1);
    Atomics.notify(this.cells, 0);
    // The process ends; it ends this thread while it waits, which is safe.
    Atomics.wait(this.cells, CLOSED, 1);
  }

  private close(): void {
    Atomics.store(this.cells, CLOSED, 1);
    const end = performance.now() + PATIENCE_MS;
    for (
      let inside = Atomics.load(this.cells, 0);
      inside > 0 && performance.now() < end;
      inside = Atomics.load(this.cells, 0)
    ) {
      Atomics.wait(this.cells, 0, inside, end - performance.now());
    }
  }
}
