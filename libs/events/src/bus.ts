import type { JsonValue } from '@bufbuild/protobuf';

/** One announced fact. On the wire the fields other than the body are CloudEvents headers (`ce-id`, `ce-type`, `ce-subject`, `ce-time`, `traceparent`). */
export interface BusMessage {
  /** Publishing the same id again does nothing. */
  readonly id: string;
  readonly teamId: string;
  /** Name of the event type. */
  readonly event: string;
  readonly subject: string;
  readonly time: Date;
  readonly traceparent?: string;
  /** Canonical protobuf JSON. */
  readonly body: JsonValue;
}

export interface ConsumerSpec {
  /** Durable name, `<service>__<event>`; a consumer that registers late gets what the bus still holds. */
  readonly name: string;
  /** Name of the event type. */
  readonly event: string;
  /** Deliveries after which a message is dead; 10 when left out. */
  readonly maxDeliveries?: number;
  /** Time after which an unanswered delivery is repeated; 60 s when left out. */
  readonly ackWaitMs?: number;
  /** Resolves while the work on a message may still have its effect; as long as it does, the delivery is prolonged, to ten times `ackWaitMs` at most. */
  readonly alive?: () => Promise<void>;
}

/** A message that its consumer gave up. */
export interface DeadLetter {
  readonly message: BusMessage;
  readonly deliveries: number;
  readonly error: string;
}

export interface Subscription {
  /** Finishes the current message and takes no more. */
  stop(): Promise<void>;
}

/**
 * Carries facts between services, at least once, in order as far as nothing fails. A handler that resolves acknowledges; one that rejects gets
 * the message again later, and after the last delivery, or at once for an error that repeating cannot cure, the message is dead and the next is served.
 */
export interface Bus {
  /** Resolves when the messages are durable. Throws `unavailable` when they may not be. */
  publish(messages: readonly BusMessage[]): Promise<void>;
  subscribe(consumer: ConsumerSpec, handler: (message: BusMessage, delivery: number) => Promise<void>): Promise<Subscription>;
  deadLetters(consumer: string): Promise<DeadLetter[]>;
  /** Delivers dead messages again, all or one; returns how many. */
  replay(consumer: string, messageId?: string): Promise<number>;
  close(): Promise<void>;
}
