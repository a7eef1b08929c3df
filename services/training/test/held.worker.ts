import { serveTasks } from '@noema/threads';

/**
 * Holds its thread until the flag that it is given is set, without ever waiting for an event; then says what
 * it was asked.
 */
serveTasks({
  inspect: (held: Int32Array | string) => {
    if (typeof held === 'string') return held;
    Atomics.store(held, 1, 1);
    Atomics.wait(held, 0, 0);
    return 'released';
  },
});
