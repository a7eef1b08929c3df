import { AsyncLocalStorage } from 'node:async_hooks';

interface Frame {
  readonly owner: object;
  readonly value: unknown;
  readonly outer: Frame | undefined;
}

/**
 * One storage for all instances: Node passes every storage along with every promise of the process, and a
 * local platform has one database per service in one process.
 */
const frames = new AsyncLocalStorage<Frame>();

/**
 * A value that all code called inside some work can read, until that work, and the work that it started, has
 * ended.
 */
export class Ambient<Value> {
  /** Returns the value around the running code; `undefined` outside of `run`. */
  get(): Value | undefined {
    for (let frame = frames.getStore(); frame !== undefined; frame = frame.outer) {
      if (frame.owner === this) return frame.value as Value;
    }
    return undefined;
  }

  run<Result>(value: Value, work: () => Result): Result {
    return frames.run({ owner: this, value, outer: frames.getStore() }, work);
  }
}
