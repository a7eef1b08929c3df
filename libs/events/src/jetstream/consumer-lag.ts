import type { JetStreamManager } from '@nats-io/jetstream';
import type { ConsumerLag, ConsumerSpec } from '../bus.js';
import { isMissing } from './jetstream.errors.js';
import { DEAD, deadSubject, eventSource, replaySource } from './names.js';

/**
 * Returns for each consumer the unacknowledged messages, in the stream of the event and in that of replays,
 * and its dead messages.
 */
export function consumerLag(
  jsm: JetStreamManager,
  consumers: readonly Pick<ConsumerSpec, 'name' | 'event'>[],
): Promise<ConsumerLag[]> {
  return Promise.all(
    consumers.map(async ({ name, event }) => {
      const sources = [eventSource(event), replaySource(name)];
      const waiting = await Promise.all(
        sources.map(({ stream }) =>
          orZero(
            jsm.consumers.info(stream.name, name).then((info) => info.num_pending + info.num_ack_pending),
          ),
        ),
      );
      const dead = await orZero(
        jsm.streams
          .info(DEAD.name, { subjects_filter: deadSubject(name, '>') })
          .then(({ state }) => Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0)),
      );
      return { consumer: name, waiting: waiting.reduce((sum, count) => sum + count, 0), dead };
    }),
  );
}

/** A stream or consumer that does not exist counts as empty. */
const orZero = (count: Promise<number>): Promise<number> =>
  count.catch((error: unknown) => {
    if (isMissing(error)) return 0;
    throw error;
  });
