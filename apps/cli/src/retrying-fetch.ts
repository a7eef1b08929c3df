import { setTimeout as delay } from 'node:timers/promises';

const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 4_000];
/**
 * If the connection is refused, a user is waiting: after these attempts the gateway is back, or it is down.
 */
const REFUSED_ATTEMPTS = 3;

/**
 * `fetch` that asks again when a service is away for a moment (503, or no connection): only for reading,
 * which may be repeated.
 */
export function retryingFetch(
  send: typeof fetch = fetch,
  pausesMs: readonly number[] = PAUSES_MS,
): typeof fetch {
  return async (input, init) => {
    const repeatable = (init?.method ?? 'GET') === 'GET';
    for (let attempt = 0; ; attempt++) {
      const pause = repeatable ? pausesMs[attempt] : undefined;
      try {
        const response = await send(input, init);
        if (response.status !== 503 || pause === undefined) return response;
        await response.body?.cancel();
      } catch (error) {
        if (
          pause === undefined ||
          attempt >= REFUSED_ATTEMPTS ||
          (error as Error).name === 'AbortError' ||
          init?.signal?.aborted === true
        )
          throw error;
      }
      await delay(pause, undefined, init?.signal ? { signal: init.signal } : {});
    }
  };
}
