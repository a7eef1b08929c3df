import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import type { EventMeta, EventType } from '@noema/events';

/** A provider that consumes one event. The host finds it and subscribes it when the application starts. */
export abstract class EventConsumer<S extends DescMessage = DescMessage> {
  /** Durable name, `<service>__<event>`. */
  abstract readonly consumer: string;
  abstract readonly event: EventType<S>;
  readonly maxDeliveries?: number;

  /**
   * Runs in a transaction of the event's team; a second delivery does not reach it. Throws a DomainError if a
   * retry cannot succeed.
   */
  abstract handle(body: MessageShape<S>, meta: EventMeta): Promise<void>;
}
