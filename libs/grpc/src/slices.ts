import { setImmediate } from 'node:timers/promises';

/** Runs work that yields after every slice; other calls have their turn on the event loop then. */
export async function runInSlices<T>(work: Generator<unknown, T>): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await setImmediate();
  }
}
