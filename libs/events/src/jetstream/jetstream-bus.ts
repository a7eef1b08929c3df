import { DomainError, isRetryable } from '@noema/kernel';
import { type Logger, silentLogger } from '@noema/observability';
import type {
  Bus,
  BusMark,
  BusMessage,
  ConsumerLag,
  ConsumerSpec,
  DeadLetter,
  Subscription,
} from '../bus.js';
import { maxDeliveries } from '../consumer-limits.js';
import { prolongWhileAlive } from '../prolong.js';
import { consumerLag } from './consumer-lag.js';
import { ConsumerLoop } from './consumer-loop.js';
import { DeadLetters } from './dead-letters.js';
import type { Delivery } from './delivery.js';
import { busUnavailable, busFull, isBusFull, isFull, isUnheard } from './jetstream.errors.js';
import { fromMsg, toData, toHeaders } from './message.codec.js';
import {
  eventSource,
  isServiceStream,
  replaySource,
  parseService,
  serviceStream,
  type Source,
  type StreamSpec,
} from './names.js';
import { NatsLink, type NatsTls } from './nats-link.js';
import { pruneStream } from './prune.js';
import { readStanding } from './standing.js';
import { Topology } from './topology.js';

export interface JetStreamBusOptions {
  /** `host:port` of one or more servers of a cluster. */
  readonly servers: readonly string[];
  /** Text of a `.creds` file, an nkey seed, `user:password` or a token. */
  readonly credentials?: string | undefined;
  readonly tls?: NatsTls | true | undefined;
  /** Name in the server's monitoring. Default: `noema`. */
  readonly name?: string;
  /** Service of this process. Only its stream is configured and pruned. Default: all streams. */
  readonly service?: string | undefined;
  /** Replicas of each stream in a cluster of servers, applied when a stream is created. Default: 1. */
  readonly replicas?: number;
  /** Window in which the server drops messages with a known id, in milliseconds. Default: 10 minutes. */
  readonly dedupeMs?: number;
  readonly logger?: Logger;
}

const ANSWER_MS = 5_000;

type Handler = (message: BusMessage, delivery: number) => Promise<void>;

/**
 * The bus on NATS JetStream: one stream per service, one durable pull consumer per consumer. Needs server 2.9
 * or later.
 */
export class JetStreamBus implements Bus {
  private readonly logger: Logger;
  private readonly service: string | undefined;
  private readonly link: NatsLink;
  private readonly topology: Topology;
  private readonly dead: DeadLetters;
  private readonly loops = new Set<ConsumerLoop>();

  constructor({
    servers,
    credentials,
    tls,
    name = 'noema',
    service,
    replicas = 1,
    dedupeMs = 600_000,
    logger = silentLogger,
  }: JetStreamBusOptions) {
    this.logger = logger;
    this.link = new NatsLink({ servers, credentials, tls, name, logger });
    this.service = service;
    this.topology = new Topology({ replicas, dedupeMs, service });
    this.link.onReturn(() => {
      this.topology.forget();
    });
    this.dead = new DeadLetters(this.link, this.topology);
  }

  async publish(messages: readonly BusMessage[]): Promise<readonly BusMark[]> {
    try {
      return await this.publishAll(messages);
    } catch (error) {
      // A message that was accepted twice has the same id.
      if (isUnheard(error))
        this.topology.forget(); // the server lost the stream
      else if (!isBusFull(error) || (await this.prune(0)) === 0) throw error;
      return this.publishAll(messages);
    }
  }

  /** Deletes messages older than the given hours that no consumer waits for. Returns their number. */
  async prune(hours: number): Promise<number> {
    const { jsm } = await this.link.need();
    const before = new Date(Date.now() - hours * 3_600_000);
    if (this.service !== undefined) {
      const own = serviceStream(this.service);
      await this.topology.stream(jsm, own);
      return pruneStream(jsm, own.name, before);
    }
    let count = 0;
    for await (const { config } of jsm.streams.list('noema.*.v1.>')) {
      if (isServiceStream(config.name)) count += await pruneStream(jsm, config.name, before);
    }
    return count;
  }

  async standing(mark: BusMark): Promise<{ readonly born: string; readonly holds: boolean }> {
    const { jsm } = await this.link.need();
    return readStanding(jsm, this.topology, serviceStream(mark.service), mark);
  }

  subscribe(consumer: ConsumerSpec, handler: Handler): Promise<Subscription> {
    const loops = [eventSource(consumer.event), replaySource(consumer.name)].map((source) =>
      this.loop(source, consumer, handler),
    );
    for (const loop of loops) this.loops.add(loop);
    return Promise.resolve({
      stop: async () => {
        await Promise.all(
          loops.map((loop) => {
            this.loops.delete(loop);
            return loop.stop();
          }),
        );
      },
    });
  }

  deadLetters(consumer: string): Promise<DeadLetter[]> {
    return this.dead.list(consumer);
  }

  replay(consumer: string, messageId?: string): Promise<number> {
    return this.dead.replay(consumer, messageId);
  }

  async ping(): Promise<void> {
    const { jsm } = await this.link.need();
    try {
      await jsm.getAccountInfo();
    } catch (error) {
      throw busUnavailable(error instanceof Error ? error.message : String(error), error);
    }
  }

  async lag(consumers: readonly Pick<ConsumerSpec, 'name' | 'event'>[]): Promise<readonly ConsumerLag[]> {
    const { jsm } = await this.link.need();
    return consumerLag(jsm, consumers);
  }

  async close(): Promise<void> {
    await Promise.all([...this.loops].map((loop) => loop.stop()));
    this.loops.clear();
    await this.link.close();
  }

  private async publishAll(messages: readonly BusMessage[]): Promise<readonly BusMark[]> {
    const { js, jsm } = await this.link.need();
    const born = new Map<string, string>();
    for (const service of new Set(messages.map(parseService)))
      born.set(service, await this.topology.stream(jsm, serviceStream(service)));
    const sent = await Promise.allSettled(
      messages.map((message) =>
        js.publish(message.subject, toData(message), {
          headers: toHeaders(message),
          msgID: message.id,
          timeout: ANSWER_MS,
        }),
      ),
    );
    const marks = new Map<string, BusMark>();
    for (const [at, message] of messages.entries()) {
      const outcome = sent[at]!;
      const service = parseService(message);
      if (outcome.status === 'rejected') throw refusal(serviceStream(service), outcome.reason);
      const { seq: sequence } = outcome.value;
      if (sequence > (marks.get(service)?.sequence ?? 0))
        marks.set(service, { service, born: born.get(service) ?? '', sequence, messageId: message.id });
    }
    return [...marks.values()];
  }

  private loop(source: Source, consumer: ConsumerSpec, handler: Handler): ConsumerLoop {
    const { link, topology, logger } = this;
    return new ConsumerLoop({
      link,
      topology,
      source,
      consumer,
      logger,
      serve: (delivery) => this.serve(source, consumer, delivery, handler),
    });
  }

  private async serve(
    source: Source,
    consumer: ConsumerSpec,
    delivery: Delivery,
    handler: Handler,
  ): Promise<void> {
    const message = await this.read(delivery);
    if (message === undefined) return;
    const stopProlonging = prolongWhileAlive(consumer, () => {
      delivery.working();
    });
    try {
      if (delivery.count > maxDeliveries(consumer))
        throw new DomainError('data-loss', 'NEVER_ANSWERED', 'its consumer never answered');
      await handler(message, delivery.count);
    } catch (error) {
      stopProlonging();
      await this.refuse(source, consumer, { delivery, message, error });
      return;
    }
    stopProlonging();
    await delivery.done();
  }

  /** Parses the message. Terminates a message that is not ours. */
  private async read(delivery: Delivery): Promise<BusMessage | undefined> {
    try {
      return fromMsg(delivery.msg);
    } catch (error) {
      this.logger.error({ err: error, subject: delivery.msg.subject }, 'put away what is no message of ours');
      await delivery.never();
      return undefined;
    }
  }

  private async refuse(
    source: Source,
    consumer: ConsumerSpec,
    {
      delivery,
      message,
      error,
    }: { readonly delivery: Delivery; readonly message: BusMessage; readonly error: unknown },
  ): Promise<void> {
    const fields = { err: error, consumer: consumer.name, message_id: message.id, delivery: delivery.count };
    if (isRetryable(error) && delivery.count < maxDeliveries(consumer)) {
      delivery.again(Math.min(60_000, 50 * 2 ** delivery.count));
      this.logger.warn(fields, 'message refused; it will be delivered again');
      return;
    }
    await this.dead.add(
      consumer.name,
      { message, deliveries: delivery.count, error: String(error) },
      `${source.stream.name}:${delivery.sequence}:${message.id}`,
    );
    await delivery.never();
    this.logger.error(fields, 'message given up; replay it when its cause is cured');
  }
}

function refusal({ name }: StreamSpec, error: unknown): unknown {
  if (isUnheard(error)) return error;
  return isFull(error)
    ? busFull(name, error)
    : busUnavailable(error instanceof Error ? error.message : String(error), error);
}
