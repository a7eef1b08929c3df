import { backoff } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import type { ConsumerSpec } from '../bus.js';
import type { Delivery } from './delivery.js';
import type { Source } from './names.js';
import type { NatsLink } from './nats-link.js';
import { Pull } from './pull.js';
import type { Topology } from './topology.js';

export interface ConsumerLoopOptions {
  readonly link: NatsLink;
  readonly topology: Topology;
  readonly source: Source;
  readonly consumer: ConsumerSpec;
  readonly serve: (delivery: Delivery) => Promise<void>;
  readonly logger: Logger;
}

/**
 * Delivers the messages of one source of one consumer, one at a time, until it is stopped. Survives failures
 * of the server.
 */
export class ConsumerLoop {
  private readonly stopping = new AbortController();
  private pull: Pull | undefined;
  /** True if stream and consumer may have to be created. */
  private stale = true;
  private readonly unlisten: () => void;
  private readonly running: Promise<void>;

  constructor(private readonly options: ConsumerLoopOptions) {
    this.unlisten = options.link.onReturn(() => {
      this.stale = true;
      this.pull?.renew();
    });
    this.running = this.run();
  }

  /** Finishes the current message and accepts no more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.unlisten();
    await this.pull?.close();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const pull = await this.ready();
        const delivery = signal.aborted ? undefined : await pull.next();
        failures = 0;
        if (delivery === undefined) this.stale = true;
        else await this.options.serve(delivery);
      } catch (error) {
        this.stale = true;
        if (signal.aborted) return;
        if (++failures % 20 === 1)
          this.options.logger.warn(
            { err: error, consumer: this.options.consumer.name, failures },
            'the bus could not be read; trying on',
          );
        await backoff(failures, 50, 2_000, signal).catch(() => undefined);
      }
    }
  }

  private async ready(): Promise<Pull> {
    const { link, topology, source, consumer } = this.options;
    const { nc, jsm, inboxPrefix } = await link.need();
    if (this.stale || this.pull === undefined) {
      await topology.consumer(jsm, source, consumer);
      this.stale = false;
    }
    if (this.pull?.nc !== nc) this.pull = new Pull({ nc, inboxPrefix }, source.stream.name, consumer.name);
    return this.pull;
  }
}
