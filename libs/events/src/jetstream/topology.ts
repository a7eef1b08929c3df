import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  type StreamConfig,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { ConsumerSpec } from '../bus.js';
import { ackWaitMs } from '../consumer-limits.js';
import { isMissing } from './jetstream.errors.js';
import { isServiceStream, serviceStream, type Source, type StreamSpec } from './names.js';

export interface TopologyOptions {
  /** Window in which the server drops messages with a known id, in milliseconds. */
  readonly dedupeMs: number;
  /** Replicas of each stream in a cluster of servers, 1 to 5. */
  readonly replicas: number;
  /** Service of this process. Streams of other services are created if missing and otherwise not changed. */
  readonly service?: string | undefined;
}

/** Time after which an unused durable consumer is deleted. Until then it prevents pruning. */
const FORGET_MS = 30 * 86_400_000;

/**
 * Creates streams and consumers from the catalogue, and updates existing ones. Other settings of an operator
 * stay.
 */
export class Topology {
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly options: TopologyOptions) {}

  /** Forgets all cached state, because the server may have lost its data. */
  forget(): void {
    this.known.clear();
  }

  /** Checks the stream on the server, once until `forget`. Returns when the stream was created. */
  stream(jsm: JetStreamManager, spec: StreamSpec): Promise<string> {
    let made = this.known.get(spec.name);
    if (made === undefined) {
      made = this.makeStream(jsm, spec);
      this.known.set(spec.name, made);
      made.catch(() => {
        this.known.delete(spec.name);
      });
    }
    return made;
  }

  async consumer(jsm: JetStreamManager, { stream, filter }: Source, spec: ConsumerSpec): Promise<void> {
    const { name } = spec;
    await this.stream(jsm, stream);
    // No max_deliver: the server would hide messages beyond it. The consumer itself records a message with
    // too many deliveries as dead.
    const ours = { ack_wait: nanos(ackWaitMs(spec)), max_deliver: -1, inactive_threshold: nanos(FORGET_MS) };
    const add = () =>
      jsm.consumers.add(stream.name, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        filter_subject: filter,
        ...ours,
      });
    const there = await found(jsm.consumers.info(stream.name, name));
    if (there === undefined) await add();
    else if (isForeign(there, filter)) {
      // The old consumer may hide messages. Start over; consumers ignore duplicates.
      await jsm.consumers.delete(stream.name, name);
      await add();
    } else if (changed(there.config, ours)) await jsm.consumers.update(stream.name, name, ours);
  }

  private isOurs(name: string): boolean {
    const { service } = this.options;
    return service === undefined || !isServiceStream(name) || name === serviceStream(service).name;
  }

  private async makeStream(
    jsm: JetStreamManager,
    { name, subjects, maxAgeMs = 0, work = false }: StreamSpec,
  ): Promise<string> {
    const ours = {
      subjects: [...subjects],
      discard: DiscardPolicy.New,
      duplicate_window: nanos(this.options.dedupeMs),
    } satisfies Partial<StreamConfig>;
    const there = await found(jsm.streams.info(name));
    if (there === undefined)
      return addStream(jsm, {
        name,
        retention: work ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
        storage: StorageType.File,
        num_replicas: this.options.replicas,
        max_age: nanos(maxAgeMs),
        ...ours,
      });
    if (this.isOurs(name) && changed(there.config, ours)) await jsm.streams.update(name, ours);
    return whenCreated(jsm, name, there.created);
  }
}

/** Time that nats-server 2.9 states of a stream which it still creates. */
const NOT_YET = '0001-01-01T00:00:00Z';
const LOOKS = 100;

/**
 * Creates a stream, and returns when it was created. Of two programs that create the same one at once, nats-server 2.9
 * refuses one, whose subjects overlap with the other's.
 */
async function addStream(
  jsm: JetStreamManager,
  config: Parameters<JetStreamManager['streams']['add']>[0],
): Promise<string> {
  const { created } = await jsm.streams.add(config).catch(async (error: unknown) => {
    const there = await found(jsm.streams.info(config.name));
    if (there === undefined) throw error;
    return there;
  });
  return whenCreated(jsm, config.name, created);
}

/** When a stream was created, as soon as the server knows it. */
async function whenCreated(jsm: JetStreamManager, name: string, stated: string): Promise<string> {
  let created = stated;
  for (let look = 0; look < LOOKS && created === NOT_YET; look++)
    ({ created } = await jsm.streams.info(name));
  return created;
}

const isForeign = ({ config }: ConsumerInfo, filter: string): boolean =>
  (config.max_deliver ?? -1) > 0 || config.filter_subject !== filter || config.deliver_subject !== undefined;

const changed = <C extends Partial<ConsumerConfig> | Partial<StreamConfig>>(
  there: C,
  ours: Partial<C>,
): boolean =>
  (Object.keys(ours) as (keyof C)[]).some((key) => JSON.stringify(there[key]) !== JSON.stringify(ours[key]));

async function found<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
