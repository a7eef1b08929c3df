/** Measures named steps, which may overlap, in seconds of monotonic time. */
export class Stopwatch {
  readonly seconds: Record<string, number> = {};
  private readonly begunMs = performance.now();

  async measure<T>(step: string, work: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      this.seconds[step] = round((performance.now() - startMs) / 1000);
    }
  }

  /** All steps and `total`, the time since the stopwatch was made. */
  report(): Record<string, number> {
    return { ...this.seconds, total: round((performance.now() - this.begunMs) / 1000) };
  }
}

const round = (seconds: number): number => Math.round(seconds * 100) / 100;
