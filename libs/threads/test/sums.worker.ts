import { setTimeout } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import { serveTasks } from '@noema/threads';

const HOUR_MS = 3_600_000;

serveTasks({
  sum: (numbers: readonly number[], { say }) => {
    numbers.forEach(say);
    return numbers.reduce((sum, number) => sum + number, 0);
  },
  refuse: () => {
    throw new DomainError('invalid', 'NO_SUM', 'there is nothing to sum', { metadata: { of: 'numbers' } });
  },
  fail: () => (undefined as unknown as { readonly sum: number }).sum,
  wait: async (_: unknown, { say, signal }) => {
    say('waiting');
    await setTimeout(HOUR_MS, undefined, { signal });
  },
  hang: (_: unknown, { say }) => {
    say('hanging');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  leave: () => {
    process.exit(7);
  },
});
