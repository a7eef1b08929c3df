import type { JsonValue } from '@bufbuild/protobuf';

/**
 * One published event. On the wire, all fields but the body are CloudEvents headers (`ce-id`, `ce-type`,
 * `ce-subject`, `ce-time`, `traceparent`).
 */
export interface BusMessage {
  /** Id of the message. Publishing the same id again has no effect. */
  readonly id: string;
  readonly teamId: string;
  /** Name of the event type. */
  readonly event: string;
  readonly subject: string;
  readonly time: Date;
  readonly traceparent?: string;
  /** Body as canonical protobuf JSON. */
  readonly body: JsonValue;
  /** True for a dead message that is delivered again on request. Its earlier failures do not count. */
  readonly replayed?: true;
}

/** The last event of a service that a bus has confirmed. Shows whether the bus has lost data since. */
export interface BusMark {
  readonly service: string;
  /** When the service's stream was created, in the bus's format. Empty if not known. */
  readonly born: string;
  /** Sequence number of the message in the stream, starting at 1; 0 before the first. */
  readonly sequence: number;
  readonly messageId: string;
}

export interface ConsumerSpec {
  /**
   * Durable name, `<service>__<event>`. A consumer that registers late gets everything that the bus still
   * retains.
   */
  readonly name: string;
  /** Name of the event type. */
  readonly event: string;
  /** Number of deliveries after which a message is dead. Default: 10. */
  readonly maxDeliveries?: number;
  /** Time after which an unacknowledged delivery is repeated. Default: 60 s. */
  readonly ackWaitMs?: number;
  /**
   * Resolves while the work on a message is still running. Until it rejects, the delivery is extended, up to
   * ten times `ackWaitMs`.
   */
  readonly alive?: () => Promise<void>;
}

/** A message that failed its last delivery. */
export interface DeadLetter {
  readonly message: BusMessage;
  readonly deliveries: number;
  readonly error: string;
}

/** Backlog of a consumer. */
export interface ConsumerLag {
  readonly consumer: string;
  /** Number of messages that the consumer has not acknowledged. */
  readonly waiting: number;
  /** Number of dead messages that were not replayed. */
  readonly dead: number;
}

export interface Subscription {
  /** Finishes the current message and accepts no more. */
  stop(): Promise<void>;
}

/**
 * Carries events between services, at least once, and in order as long as nothing fails. A handler that
 * resolves acknowledges the message. A handler that rejects gets it again later. After the last delivery, or
 * at once for an error that a retry cannot resolve, the message is dead and the next one is delivered.
 */
export interface Bus {
  /**
   * Resolves when the messages are durable, with the last mark of each service. Throws `unavailable` if they
   * may not be durable.
   */
  publish(messages: readonly BusMessage[]): Promise<readonly BusMark[]>;
  /**
   * Returns whether the service's stream still has everything up to the mark, and when it was created.
   * Creates a missing stream. Throws `unavailable`.
   */
  standing(mark: BusMark): Promise<{ readonly born: string; readonly holds: boolean }>;
  subscribe(
    consumer: ConsumerSpec,
    handler: (message: BusMessage, delivery: number) => Promise<void>,
  ): Promise<Subscription>;
  deadLetters(consumer: string): Promise<DeadLetter[]>;
  /** Delivers all dead messages, or one, again. Returns their number. */
  replay(consumer: string, messageId?: string): Promise<number>;
  /** Throws `unavailable` if the bus does not respond. */
  ping(): Promise<void>;
  /**
   * Returns the backlog of these consumers; 0 for a consumer that the bus does not know. Throws
   * `unavailable`.
   */
  lag(consumers: readonly Pick<ConsumerSpec, 'name' | 'event'>[]): Promise<readonly ConsumerLag[]>;
  close(): Promise<void>;
}
