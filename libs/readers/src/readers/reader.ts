import type { FileTree } from '../files/file-tree.js';
import type { Records } from '../records.js';

/** Files that have the form of a reader, as its `recognize` found them. */
export interface Recognized {
  /** Description for people: `2,000 pictures in 5 folders`. */
  readonly found: string;
  /**
   * Whether the form is explicit (a file of the format states it) or only likely. Of several likely forms
   * the user chooses.
   */
  readonly certain: boolean;
}

/** One form in which data sets lie on disk. */
export interface Reader {
  readonly key: string;
  readonly title: string;
  readonly summary: string;
  /** `undefined` for files that have another form. Throws nothing for files that it cannot read. */
  recognize(tree: FileTree): Promise<Recognized | undefined>;
  /** Opens the records. Throws `invalid` with the file at fault. */
  open(tree: FileTree): Promise<Records>;
}

export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? noun : `${noun}s`}`;
