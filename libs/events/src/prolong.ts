import type { ConsumerSpec } from './bus.js';
import { ackWaitMs } from './consumer-limits.js';

/** Deliveries are prolonged at most to so many times their time to answer: work that hangs must come back. */
const MAX_TIMES = 10;

/**
 * Calls `prolong` every third of the time to answer while the consumer says that its work is alive; returns
 * what ends that.
 */
export function prolongWhileAlive(consumer: ConsumerSpec, prolong: () => void | Promise<void>): () => void {
  const { alive } = consumer;
  if (alive === undefined) return () => undefined;
  const until = performance.now() + MAX_TIMES * ackWaitMs(consumer);
  let asking = false;
  const timer = setInterval(() => {
    if (performance.now() > until) clearInterval(timer);
    else if (!asking) {
      asking = true;
      // When that fails, so will the work: let the delivery be repeated.
      alive()
        .then(prolong)
        .catch(() => undefined)
        .finally(() => {
          asking = false;
        });
    }
  }, ackWaitMs(consumer) / 3);
  return () => {
    clearInterval(timer);
  };
}
