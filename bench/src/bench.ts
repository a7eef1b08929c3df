/** One benchmark: what it measures, against which peer, in the same run. */
export interface Bench {
  readonly key: string;
  readonly about: string;
  /** Lines for people; the last one is the ratio. */
  run(print: (line: string) => void): Promise<void>;
}

/** Wall seconds of the work, and its result. */
export async function timed<T>(work: () => Promise<T> | T): Promise<{ seconds: number; result: T }> {
  const start = performance.now();
  const result = await work();
  return { seconds: (performance.now() - start) / 1000, result };
}

/** "1.23 s against 4.56 s of umap-js: 0.27x" */
export function ratio(ours: number, theirs: number, peer: string): string {
  return `${ours.toFixed(2)} s against ${theirs.toFixed(2)} s of ${peer}: ${(ours / theirs).toFixed(2)}x`;
}
