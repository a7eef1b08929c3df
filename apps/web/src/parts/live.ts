import { asDomainError } from '@noema/kernel/domain-error';
import { useEffect, useSyncExternalStore } from 'react';
import { LiveStreams } from './live-streams.js';

const streams = new LiveStreams(
  (error) => asDomainError(error).kind === 'unavailable' || asDomainError(error).kind === 'timeout',
);

/**
 * Streams rest while the page is hidden: a browser opens six connections to a server, and two tabs share
 * them.
 */
if (typeof document !== 'undefined')
  document.addEventListener('visibilitychange', () => {
    streams.rest(document.hidden);
  });

/**
 * Follows a stream while the component is shown: `open` starts it, `each` hears every message, as a rule to
 * write it into the query cache. Components that follow the same key share one stream, the callbacks of the
 * first serve all. `key` undefined follows nothing. Returns `live`, `lost` while the server cannot be reached
 * and it is tried again, `ended` when the stream has come to its end, or `idle`.
 */
export function useLive<T>(
  key: string | undefined,
  open: (signal: AbortSignal) => AsyncIterable<T>,
  each: (message: T) => void,
): 'live' | 'lost' | 'ended' | 'idle' {
  useEffect(
    () =>
      key === undefined
        ? undefined
        : streams.follow(key, {
            open,
            each: (message) => {
              each(message as T);
            },
          }),
    // Callbacks are of the key: another function for the same key would do the same.
    [key],
  );
  return useSyncExternalStore(streams.subscribe, () => (key === undefined ? 'idle' : streams.getState(key)));
}
