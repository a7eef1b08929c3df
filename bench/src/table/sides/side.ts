import type { DataFolder } from '../data/data.folder.js';
import type { Figures } from '../row.js';

/** Work that is loaded and warm. */
export interface Side {
  /** Prepares each turn; this is not measured. */
  begin?(): Promise<void>;
  /** Does the measured work once. */
  work(): Promise<void>;
  /** Writes what the last work made into a folder; gives the figures that it knows itself. */
  save(folder: string): Promise<Figures>;
  close?(): Promise<void>;
}

/** How Noema does the work of a row. */
export interface SideKind {
  readonly key: string;
  /** Loads the data and warms up. */
  prepare(data: DataFolder, args: readonly string[]): Promise<Side>;
}
