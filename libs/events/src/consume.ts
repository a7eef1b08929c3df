import { type DescMessage, fromJson, type MessageShape } from '@bufbuild/protobuf';
import { DomainError } from '@noema/kernel';
import { type SpanOptions, withSpan } from '@noema/observability';
import { countDelivery } from './event.metrics.js';
import type { AnyDatabase } from '@noema/postgres';
import type { Bus, BusMessage, Subscription } from './bus.js';
import type { EventType } from './event-type.js';
import { Inbox } from './inbox.js';

export interface EventMeta {
  readonly id: string;
  readonly teamId: string;
  readonly time: Date;
  readonly delivery: number;
}

export interface Consumer<S extends DescMessage> {
  /** Durable name, `<service>__<event>`. */
  readonly consumer: string;
  readonly event: EventType<S>;
  /**
   * Runs in a transaction of the event's team, together with the row that makes a second delivery a no-op.
   */
  readonly handler: (body: MessageShape<S>, meta: EventMeta) => Promise<void>;
  readonly maxDeliveries?: number;
  readonly ackWaitMs?: number;
}

/** Subscribes a handler whose effect happens exactly once per message, for any number of deliveries. */
export function consume<S extends DescMessage>(
  bus: Bus,
  db: AnyDatabase,
  consumer: Consumer<S>,
): Promise<Subscription> {
  const { consumer: name, event, handler, ...limits } = consumer;
  const inbox = new Inbox(db, { name, ...limits });
  return bus.subscribe({ name, event: event.name, alive: () => db.ping(), ...limits }, (message, delivery) =>
    withSpan(`consume ${event.name}`, toSpan(name, db.schema, message, delivery), () =>
      countDelivery(name, () =>
        db
          .run(message.teamId, async () => {
            if (!(await inbox.admit(message, delivery))) return 'duplicate';
            await handler(decode(event.schema, message), {
              id: message.id,
              teamId: message.teamId,
              time: message.time,
              delivery,
            });
            return 'done';
          })
          .catch(async (error: unknown) => {
            await inbox.failed(message, delivery, error);
            throw error;
          }),
      ),
    ),
  );
}

/** The span of a delivery belongs to the trace of the publisher. */
const toSpan = (
  consumer: string,
  service: string,
  { id, event, traceparent }: BusMessage,
  delivery: number,
): SpanOptions => ({
  role: 'consumer',
  service,
  parent: traceparent,
  attributes: {
    'messaging.destination.name': event,
    'messaging.consumer.group.name': consumer,
    'messaging.message.id': id,
    'noema.delivery': delivery,
  },
});

function decode<S extends DescMessage>(schema: S, message: BusMessage): MessageShape<S> {
  try {
    // Ignores fields that a newer publisher has added.
    return fromJson(schema, message.body, { ignoreUnknownFields: true });
  } catch (error) {
    throw new DomainError(
      'invalid',
      'EVENT_MALFORMED',
      `message ${message.id} is no ${schema.typeName}: ${String(error)}`,
      { cause: error },
    );
  }
}
