import type { ConsumerSpec } from './bus.js';
import { ackWaitMs } from './consumer-limits.js';

/**
 * Maximum extension of a delivery, as a multiple of its acknowledgement deadline. Work that hangs must be
 * delivered again.
 */
const MAX_TIMES = 10;

/**
 * Calls `prolong` every third of the acknowledgement deadline while the consumer reports that its work is
 * alive. Returns the function that stops it.
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
      // If that fails, so will the work: let the delivery be repeated.
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
