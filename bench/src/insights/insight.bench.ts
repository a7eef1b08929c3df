/** A line of the document: one thing that a kind must reach, and how far it came. */
export interface BenchRow {
  /** The setting, such as `corner patch on 95 % of a class, 20 settings on digits, fashion and emoji`. */
  readonly what: string;
  /** The limit for people, such as `≥ 0.95`; empty for a number without a limit. */
  readonly reach: string;
  /** The number for people with its 95 % interval, such as `0.97 (0.91–0.99), 97 of 100`. */
  readonly figure: string;
  /** Whether the number reaches the limit. */
  readonly ok: boolean;
}

export interface BenchOptions {
  /** A few settings only: to see that a bench works. Its rows are not kept. */
  readonly quick: boolean;
  readonly seed: number;
  readonly threads: number;
}

/** Planted and null settings of one kind of insight, or of all: one file, and one line in `bench.registry.ts`. */
export interface InsightBench {
  /** The key of the kind, where it is about one. */
  readonly key: string;
  readonly title: string;
  run(print: (line: string) => void, options: BenchOptions): Promise<readonly BenchRow[]>;
}
