import type { Json } from './job.js';
import type { Stage } from './job-kind.js';

/** `T` where JSON keeps all of it, and `never` in the place of what it loses, such as a date, a map or a function. */
export type Serializable<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends Readonly<Record<never, never>>
    ? T extends
        | ((...of: never[]) => unknown)
        | Date
        | ArrayBufferView
        | ReadonlyMap<never, never>
        | ReadonlySet<never>
      ? never
      : { [K in keyof T]: Serializable<T[K]> }
    : never;

/** Returns a value as JSON. It does not compile for a value that JSON would change. */
export const toJson = <T>(value: T & Serializable<T>): Json => value as Json;

/** Stages of one kind, each of which reads what the one before it wrote. */
export class TypedStages<P, Last> {
  private constructor(
    /** The stages, in order, as a kind has them. */
    readonly list: readonly Stage<P>[],
  ) {}

  /** Starts with the first stage. */
  static of<P, Result>(stage: Stage<P, never, Result & Serializable<Result>>): TypedStages<P, Result> {
    return new TypedStages([stage as unknown as Stage<P>]);
  }

  /** Adds a stage. */
  followedBy<Result>(stage: Stage<P, Last, Result & Serializable<Result>>): TypedStages<P, Result> {
    return new TypedStages([...this.list, stage as unknown as Stage<P>]);
  }
}
