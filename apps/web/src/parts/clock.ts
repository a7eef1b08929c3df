import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) {
    nowMs = Date.now();
    timer = setInterval(() => {
      nowMs = Date.now();
      for (const each of listeners) each();
    }, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * The time now in milliseconds, rounded down to `everyMs`, which is at least 1,000; all who look at the clock
 * share one timer and are drawn again only when the rounded time moves.
 */
export function useNow(everyMs = 1_000): number {
  return useSyncExternalStore(
    subscribe,
    () => Math.floor((timer === undefined ? Date.now() : nowMs) / everyMs) * everyMs,
  );
}
