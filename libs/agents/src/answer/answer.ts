import type { DataText, Sentence } from './fence.js';
import type { Estimate } from './estimate.js';

/** A value of an answer. Texts that come from data are `DataText`; plain strings are the platform's own words. */
export type Value =
  | null
  | boolean
  | number
  | string
  | DataText
  | Sentence
  | Estimate
  | readonly Value[]
  | { readonly [name: string]: Value | undefined };

/** Why an answer is empty, and what to do next. */
export interface Emptiness {
  readonly reason: string | Sentence;
  readonly next_step: string | Sentence;
}

/** Where a list continues: the token of a page of the platform, and the entries of that page to skip. */
export interface Position {
  readonly token: string;
  readonly skip: number;
  /** `source` of the list. */
  readonly source: string;
}

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** The answer of a tool, before it is cut to its limit. */
export interface Answer {
  /** Values of the whole answer. */
  readonly facts: { readonly [name: string]: Value | undefined };
  readonly list?: {
    /** All entries of the page, or of the whole list. */
    readonly items: readonly Value[];
    /** Token of the page that `items` is. Default: the first. */
    readonly token?: string;
    /** Token of the page after it. Default: none. */
    readonly nextToken?: string;
    /** Source of the entries, such as a run and its epoch; a cursor of another source is refused. */
    readonly source?: string;
    readonly whenEmpty: Emptiness;
  };
  /** Set when there is nothing but a reason. */
  readonly empty?: Emptiness;
  readonly picture?: Picture;
}
