import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { DomainError } from '@noema/kernel';

/**
 * Writes a piece and waits until the peer has read enough to take the next. Cuts the connection and throws
 * `timeout` STREAM_STALLED when it reads nothing for `stallMs`.
 */
export async function writePaced(
  res: ServerResponse,
  piece: string | Uint8Array,
  stallMs: number,
): Promise<void> {
  if (res.write(piece) || res.destroyed) return;
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort();
  }, stallMs);
  try {
    await Promise.race([
      once(res, 'drain', { signal: stalled.signal }),
      once(res, 'close', { signal: stalled.signal }),
    ]);
  } catch (cause) {
    res.destroy();
    throw new DomainError('timeout', 'STREAM_STALLED', `the stream was not read for ${stallMs} ms`, {
      cause,
    });
  } finally {
    clearTimeout(timer);
    stalled.abort();
  }
}
