import { AsyncLocalStorage } from 'node:async_hooks';

interface Frame {
  readonly owner: object;
  readonly value: unknown;
  readonly outer: Frame | undefined;
}

/**
 * One for all: Node carries every storage along with every promise of the process, and a laptop has a
 * database for each service in one.
 */
const frames = new AsyncLocalStorage<Frame>();

/**
 * A value that everything which is called inside of some work finds, until that work, and what it began, has
 * ended.
 */
export class Ambient<Value> {
  /** The value around the running code; `undefined` outside of `run`. */
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
