/**
 * A signal that follows another signal and a deadline. `end` stops both, so that no timer outlives its call.
 */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts the signal if it has not aborted yet, and clears the timer. */
  readonly end: () => void;
}

/**
 * Does not use `AbortSignal.any` with `AbortSignal.timeout`: Node 20 may garbage-collect their timer before
 * it fires.
 */
export function startDeadline(outer: AbortSignal | undefined, timeoutMs: number | undefined): Deadline {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(outer?.reason);
  };
  if (outer?.aborted === true) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          controller.abort(new DOMException('deadline passed', 'TimeoutError'));
        }, timeoutMs);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
      controller.abort();
    },
  };
}
