import type { FileTree } from '../../files/file-tree.js';
import type { Cell, FieldProfile, Numbers, Records } from '../../records.js';
import type { Manifest } from '../manifest.js';
import type { Role } from '../roles.js';

export interface ProposeOptions {
  /** Key of the reader; default: the one that is certain, or the only one. */
  readonly reader?: string;
  /** Column of the ground truth; empty for none. Default: by its name. */
  readonly truth?: string;
  /** Longest side of a picture as an input; default: that of the pictures, at most 64. */
  readonly pictureSide?: number;
  /** Roles of columns by their names; other columns get theirs by name and values. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Number of records that become samples, drawn from all; default: all. */
  readonly part?: number;
  /** Shares of the splits, where no column names the split; default: 0.8 and 0.2. */
  readonly shares?: SplitShares;
}

/** Shares of the splits, which sum to 1. */
export interface SplitShares {
  readonly training: number;
  readonly validation: number;
  readonly test?: number | undefined;
}

/** State that all parts of a proposal read and add to. */
export interface Draft {
  readonly tree: FileTree;
  readonly records: Records;
  readonly profiles: readonly FieldProfile[];
  readonly options: ProposeOptions;
  /** Sentences that people should know about the proposal. */
  readonly notes: string[];
  /** Texts next to the manifest, by their names. */
  readonly files: Map<string, string>;
  /** Number of indexes of each vocabulary and tokenizer. */
  readonly vocabularySizes: Map<string, number>;
  visuals: Manifest['visuals'];
  /** Records that statistics are fitted to: those for training, or all where none are. */
  training: Int32Array;
}

export const isNumbers = (cell: Cell | undefined): cell is Numbers =>
  typeof cell === 'object' && cell !== null && 'data' in cell;

/** Six digits: more have no meaning, and people read the manifest. */
export const rounded = (value: number): number => Number(value.toPrecision(6));

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** About `count` of the items, spread evenly. */
export function spread<T>(items: ArrayLike<T>, count: number): T[] {
  const step = Math.max(1, Math.floor(items.length / count));
  return Array.from(items).filter((_, at) => at % step === 0);
}
