import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream';
import { isMessageMissing } from './jetstream.errors.js';

/**
 * Deletes messages that were published before the time and that every consumer of the stream has
 * acknowledged. Returns their number.
 */
export async function pruneStream(jsm: JetStreamManager, stream: string, before: Date): Promise<number> {
  const { state } = await jsm.streams.info(stream);
  let end = state.last_seq;
  for await (const consumer of jsm.consumers.list(stream))
    end = Math.min(end, answered(consumer, state.last_seq));
  end = await lastBefore(jsm, { stream, first: state.first_seq, last: end }, before);
  if (end < state.first_seq) return 0;
  return (await jsm.streams.purge(stream, { seq: end + 1 })).purged;
}

/**
 * Returns the sequence up to which the consumer has acknowledged everything, given the end of the stream from
 * before the query.
 */
function answered(
  { num_pending, num_ack_pending, ack_floor, delivered }: ConsumerInfo,
  last: number,
): number {
  if (num_ack_pending > 0) return ack_floor.stream_seq;
  return num_pending === 0 ? last : delivered.stream_seq;
}

/**
 * Returns the last sequence of the range whose message is older, by binary search; `first − 1` if there is
 * none.
 */
async function lastBefore(
  jsm: JetStreamManager,
  { stream, first, last }: { readonly stream: string; readonly first: number; readonly last: number },
  before: Date,
): Promise<number> {
  let [low, high] = [first - 1, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const stored = await jsm.streams.getMessage(stream, { seq: middle }).catch((error: unknown) => {
      if (isMessageMissing(error)) return null;
      throw error;
    });
    if (stored === null || stored.time < before) low = middle;
    else high = middle - 1;
  }
  return low;
}
