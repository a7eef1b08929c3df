/**
 * Calls `work` once in an idle moment, at the latest after `maxWaitMs`; soon in a browser that does not say
 * when it is idle, as Safari. Returns a function that cancels the call.
 */
export function whenIdle(work: () => void, maxWaitMs = 2_000): () => void {
  if (typeof requestIdleCallback === 'undefined') {
    const timer = setTimeout(work, 1);
    return () => {
      clearTimeout(timer);
    };
  }
  const idle = requestIdleCallback(work, { timeout: maxWaitMs });
  return () => {
    cancelIdleCallback(idle);
  };
}
