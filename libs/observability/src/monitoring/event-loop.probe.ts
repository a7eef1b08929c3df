import { DomainError } from '@noema/kernel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Probe } from './probe.js';

/** Delay of the event loop above which, if it persists, timers, leases and deadlines no longer hold. */
const TURN_MS = 1_000;
const WINDOW_MS = 10_000;
/**
 * Interval of the measurement. Each one wakes the process: every 10 ms would cost an idle worker more than
 * everything else.
 */
export const RESOLUTION_MS = 100;
const NS = 1e6;

/**
 * Fails while half of the loop's iterations in the last seconds were late by more than a second. `stop` ends
 * the measurement.
 */
export function eventLoopProbe(): Probe & { readonly stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const window = setInterval(() => {
    delay.reset();
  }, WINDOW_MS).unref();
  return {
    name: 'event_loop',
    check: () => {
      const typicalMs = delay.percentile(50) / NS;
      if (typicalMs > TURN_MS)
        throw new DomainError(
          'unavailable',
          'EVENT_LOOP_LATE',
          `a turn of the event loop takes ${Math.round(typicalMs)} ms; something computes on it`,
        );
    },
    stop: () => {
      clearInterval(window);
      delay.disable();
    },
  };
}
