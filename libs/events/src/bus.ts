import type { JsonValue } from '@bufbuild/protobuf';

/**
 * One announced fact. On the wire the fields other than the body are CloudEvents headers (`ce-id`, `ce-type`,
 * `ce-subject`, `ce-time`, `traceparent`).
 */
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
  /**
   * True for a message that was dead and is delivered again on request: what it failed with before does not
   * count.
   */
  readonly replayed?: true;
}

/**
 * Up to where a bus has confirmed the events of a service, so that it can be told whether it lost data since.
 */
export interface BusMark {
  readonly service: string;
  /** When the service's stream was made, in the words of the bus; empty when nothing is known of it. */
  readonly born: string;
  /** Place of the message in the stream, from 1; 0 before the first. */
  readonly sequence: number;
  readonly messageId: string;
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
  /**
   * Resolves while the work on a message may still have its effect; as long as it does, the delivery is
   * prolonged, to ten times `ackWaitMs` at most.
   */
  readonly alive?: () => Promise<void>;
}

/** A message that its consumer gave up. */
export interface DeadLetter {
  readonly message: BusMessage;
  readonly deliveries: number;
  readonly error: string;
}

/** How far a consumer is behind. */
export interface ConsumerLag {
  readonly consumer: string;
  /** Messages that it has not answered. */
  readonly waiting: number;
  /** Messages that it gave up and nobody has replayed. */
  readonly dead: number;
}

export interface Subscription {
  /** Finishes the current message and takes no more. */
  stop(): Promise<void>;
}

/**
 * Carries facts between services, at least once, in order as far as nothing fails. A handler that resolves
 * acknowledges; one that rejects gets the message again later, and after the last delivery, or at once for an
 * error that repeating cannot cure, the message is dead and the next is served.
 */
export interface Bus {
  /**
   * Resolves when the messages are durable, with the last mark of each service. Throws `unavailable` when
   * they may not be.
   */
  publish(messages: readonly BusMessage[]): Promise<readonly BusMark[]>;
  /**
   * Whether the service's stream still holds what it had confirmed by then, and when it was made; one that is
   * missing is made. Throws `unavailable`.
   */
  standing(mark: BusMark): Promise<{ readonly born: string; readonly holds: boolean }>;
  subscribe(
    consumer: ConsumerSpec,
    handler: (message: BusMessage, delivery: number) => Promise<void>,
  ): Promise<Subscription>;
  deadLetters(consumer: string): Promise<DeadLetter[]>;
  /** Delivers dead messages again, all or one; returns how many. */
  replay(consumer: string, messageId?: string): Promise<number>;
  /** Throws `unavailable` when the bus does not answer. */
  ping(): Promise<void>;
  /** How far these consumers are behind; one that the bus does not know is at 0. Throws `unavailable`. */
  lag(consumers: readonly Pick<ConsumerSpec, 'name' | 'event'>[]): Promise<readonly ConsumerLag[]>;
  close(): Promise<void>;
}
