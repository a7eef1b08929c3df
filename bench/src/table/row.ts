import type { DataFolder } from './data/data.folder.js';

/** Figures by name, such as trustworthiness 0.987. */
export type Figures = Readonly<Record<string, number>>;

/** A program that does the work of a row: our own code, or a peer. */
export interface Contestant {
  /** As the document calls it; unlike in one row. */
  readonly name: string;
  readonly side: 'ours' | 'peer';
  /** A key of `sides/registry.ts` for ours, a file of `bench/python` for a peer; then its arguments. */
  readonly script: readonly [string, ...string[]];
  /** Why it cannot run here. */
  readonly missing?: () => string | undefined;
}

/** How far ours has to come: wall time, or a figure, of ours over that of the peer. */
export interface Reach {
  readonly ours: string;
  readonly peer: string;
  readonly atMost: number;
  /** A figure of both that counts in place of the wall time. */
  readonly figure?: string;
  /** The figure of the peer, where it has another name; `peer` may be `ours` then. */
  readonly over?: string;
}

/** A figure in which ours may not be below the peer by more than this. */
export interface QualityRule {
  readonly figure: string;
  readonly tolerance: number;
}

/** The input of a judge: the folder into which each contestant saved what it made. */
export interface Saved {
  readonly folders: ReadonlyMap<string, string>;
  readonly data: DataFolder;
  /** Without one nothing in Python can judge. */
  readonly interpreter: string | undefined;
}

/** One line of the table: work that ours and peers do one after another on the same data. */
export interface Row {
  readonly key: string;
  readonly work: string;
  /** A note that readers need about the comparison. */
  readonly note?: string;
  /** Makes data of its own, once. */
  readonly prepare?: (data: DataFolder) => void;
  readonly contestants: readonly Contestant[];
  readonly reaches: readonly Reach[];
  readonly rules?: readonly QualityRule[];
  /**
   * Figures of each contestant by one measure for all, outside the measured time; added to what the
   * contestant says itself.
   */
  readonly judge?: (saved: Saved) => Promise<ReadonlyMap<string, Figures>>;
  /** Rounds that it has at least, where its differences are smaller than the drift of a machine. */
  readonly minRounds?: number;
  /** Longest turn, in seconds; 900 when not given. */
  readonly turnLimitS?: number;
}
