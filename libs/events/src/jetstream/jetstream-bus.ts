import { DomainError, isRetryable } from '@noema/kernel';
import { type Logger, silentLogger } from '@noema/observability';
import type { Bus, BusMessage, ConsumerSpec, DeadLetter, Subscription } from '../bus.js';
import { prolongWhileAlive } from '../prolong.js';
import { ConsumerLoop } from './consumer-loop.js';
import { DeadLetters } from './dead-letters.js';
import type { Delivery } from './delivery.js';
import { busAway, busFull, isFull, isUnheard } from './jetstream.errors.js';
import { fromMsg, toData, toHeaders } from './message.codec.js';
import { eventSource, replaySource, type Source, type StreamSpec, streamOfEvent } from './names.js';
import { NatsLink, type NatsTls } from './nats-link.js';
import { Topology } from './topology.js';

export interface JetStreamBusOptions {
  /** `host:port` of one or more servers of a cluster. */
  readonly servers: readonly string[];
  /** Text of a `.creds` file, an nkey seed, `user:password` or a token. */
  readonly credentials?: string | undefined;
  readonly tls?: NatsTls | true | undefined;
  /** Name in the server's monitoring; `noema` when left out. */
  readonly name?: string;
  /** Copies of each stream in a cluster of servers; 1 when left out. It counts when a stream is made. */
  readonly replicas?: number;
  /** How long the server drops a message whose id it has seen, in milliseconds; 10 minutes when left out. */
  readonly dedupeMs?: number;
  readonly logger?: Logger;
}

const ANSWER_MS = 5_000;

type Handler = (message: BusMessage, delivery: number) => Promise<void>;

/** The bus on NATS JetStream: a stream for each service, a durable pull consumer for each consumer; 2.9 is the oldest server that it works with. */
export class JetStreamBus implements Bus {
  private readonly logger: Logger;
  private readonly link: NatsLink;
  private readonly topology: Topology;
  private readonly dead: DeadLetters;
  private readonly loops = new Set<ConsumerLoop>();

  constructor({ servers, credentials, tls, name = 'noema', replicas = 1, dedupeMs = 600_000, logger = silentLogger }: JetStreamBusOptions) {
    this.logger = logger;
    this.link = new NatsLink({ servers, credentials, tls, name, logger });
    this.topology = new Topology({ replicas, dedupeMs });
    this.link.onReturn(() => { this.topology.forget(); });
    this.dead = new DeadLetters(this.link, this.topology);
  }

  async publish(messages: readonly BusMessage[]): Promise<void> {
    try {
      await this.publishAll(messages);
    } catch (error) {
      if (!isUnheard(error)) throw error;
      // The server lost the stream. What was taken twice has the same id.
      this.topology.forget();
      await this.publishAll(messages);
    }
  }

  subscribe(consumer: ConsumerSpec, handler: Handler): Promise<Subscription> {
    const loops = [eventSource(consumer.event), replaySource(consumer.name)].map((source) => this.loop(source, consumer, handler));
    for (const loop of loops) this.loops.add(loop);
    return Promise.resolve({ stop: async () => { await Promise.all(loops.map((loop) => { this.loops.delete(loop); return loop.stop(); })); } });
  }

  deadLetters(consumer: string): Promise<DeadLetter[]> {
    return this.dead.list(consumer);
  }

  replay(consumer: string, messageId?: string): Promise<number> {
    return this.dead.replay(consumer, messageId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.loops].map((loop) => loop.stop()));
    this.loops.clear();
    await this.link.close();
  }

  private async publishAll(messages: readonly BusMessage[]): Promise<void> {
    const { js, jsm } = await this.link.need();
    const streams = new Map<string, StreamSpec>(messages.map(({ event }) => [event, streamOfEvent(event)]));
    for (const stream of streams.values()) await this.topology.stream(jsm, stream);
    const sent = await Promise.allSettled(messages.map((message) =>
      js.publish(message.subject, toData(message), { headers: toHeaders(message), msgID: message.id, timeout: ANSWER_MS })));
    for (const [at, outcome] of sent.entries()) if (outcome.status === 'rejected') throw refusal(streams.get(messages[at]!.event)!, outcome.reason);
  }

  private loop(source: Source, consumer: ConsumerSpec, handler: Handler): ConsumerLoop {
    const { link, topology, logger } = this;
    return new ConsumerLoop({ link, topology, source, consumer, logger, serve: (delivery) => this.serve(source, consumer, delivery, handler) });
  }

  private async serve(source: Source, consumer: ConsumerSpec, delivery: Delivery, handler: Handler): Promise<void> {
    const most = consumer.maxDeliveries ?? 10;
    const message = await this.read(delivery);
    if (message === undefined) return;
    const stopProlonging = prolongWhileAlive(consumer, () => { delivery.working(); });
    try {
      if (delivery.count > most) throw new DomainError('data-loss', 'NEVER_ANSWERED', 'its consumer never answered');
      await handler(message, delivery.count);
    } catch (error) {
      stopProlonging();
      await this.refuse(source, consumer, { delivery, message, error });
      return;
    }
    stopProlonging();
    await delivery.done();
  }

  /** The message; what is none of ours is put away. */
  private async read(delivery: Delivery): Promise<BusMessage | undefined> {
    try {
      return fromMsg(delivery.msg);
    } catch (error) {
      this.logger.error({ err: error, subject: delivery.msg.subject }, 'put away what is no message of ours');
      await delivery.never();
      return undefined;
    }
  }

  private async refuse(source: Source, consumer: ConsumerSpec, { delivery, message, error }: { readonly delivery: Delivery; readonly message: BusMessage; readonly error: unknown }): Promise<void> {
    const fields = { err: error, consumer: consumer.name, message_id: message.id, delivery: delivery.count };
    if (isRetryable(error) && delivery.count < (consumer.maxDeliveries ?? 10)) {
      delivery.again(Math.min(60_000, 50 * 2 ** delivery.count));
      this.logger.warn(fields, 'message refused; it will be delivered again');
      return;
    }
    await this.dead.add(consumer.name, { message, deliveries: delivery.count, error: String(error) }, `${source.stream.name}:${delivery.sequence}:${message.id}`);
    await delivery.never();
    this.logger.error(fields, 'message given up; replay it when its cause is cured');
  }
}

function refusal({ name }: StreamSpec, error: unknown): unknown {
  if (isUnheard(error)) return error;
  return isFull(error) ? busFull(name, error) : busAway(error instanceof Error ? error.message : String(error), error);
}
