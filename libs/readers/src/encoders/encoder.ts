import type { Awaitable, TensorLike } from '@noema/integration';
import type { Vocabulary } from '@noema/kernel';
import type { ZodType } from 'zod';
import type { FileTree } from '../files/file-tree.js';
import type { Columns, Row } from '../records.js';

/** Everything that an encoder may read in addition to the record. */
export interface EncoderContext {
  readonly tree: FileTree;
  /** Reads a text next to the manifest, such as a vocabulary. */
  readonly readText: (path: string) => Promise<string>;
}

/** Declared preprocessing: how columns of a record become a tensor. */
export interface DataEncoder<S = never> {
  readonly key: string;
  readonly title: string;
  readonly summary: string;
  /** Schema of its part of the manifest, without `encoder`. */
  readonly schema: ZodType;
  /** Columns that it reads. */
  columns(spec: S): readonly string[];
  /** Sizes of its tensor, where its settings say them. */
  dims?(spec: S): readonly number[] | undefined;
  /** Columns with their numbers in the tensor, in its order; absent where numbers belong to no column. */
  sizes?(spec: S): readonly { readonly column: string; readonly size: number }[];
  /** Names of the classes, where its tensor has one number for each. */
  classNames?(spec: S): readonly string[];
  /** Whether a sample may have several classes; default: no. */
  multiLabel?(spec: S): boolean;
  /** Tokens that the numbers of its tensor are ids of; `undefined` where they are no ids. */
  vocabulary?(spec: S, context: EncoderContext): Promise<Vocabulary | undefined>;
  create(spec: S, context: EncoderContext): Awaitable<(row: Row) => Awaitable<TensorLike>>;
  /**
   * Encodes many records at once, `[rows, ...dims]`, with the results of `create`; `undefined` where a record is
   * at fault.
   */
  createBatch?(spec: S): (columns: Columns, rows: number) => Float32Array | undefined;
}
