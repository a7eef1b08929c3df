import type {
  BeforeApplicationShutdown,
  OnApplicationBootstrap,
  OnApplicationShutdown,
} from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { BusKeeper, consume, OutboxRelay, type Subscription } from '@noema/events';
import { EventConsumer } from './event-consumer.js';
import type { Host } from './host.js';
import { runHousekeeping } from './housekeeping.js';
import { reportConnections, reportConsumers, reportOutbox, reportQueue } from './reporters.js';

/**
 * Starts a service's background work, publishing and consuming events, and stops it in an order in which
 * nothing is lost.
 */
export class LifeCycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly subscriptions: Subscription[] = [];

  constructor(
    private readonly host: Host,
    private readonly discovery: DiscoveryService,
    private readonly jobKinds: readonly string[] | undefined,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.host.config.databaseUrl === undefined) return;
    this.host.onClose(reportConnections(this.host));
    if (this.host.role !== 'service') return;
    if (this.jobKinds !== undefined) this.host.onClose(reportQueue(this.host, this.jobKinds));
    const [db, bus] = [this.host.database(), this.host.bus()];
    const relay = await new OutboxRelay({ db, bus, logger: this.host.logger }).start();
    this.host.onClose(reportOutbox(this.host, relay));
    this.host.onClose(() => relay.stop()); // what it leaves in the outbox, the next one finds
    const keeper = new BusKeeper({
      db,
      bus,
      logger: this.host.logger,
      wake: () => {
        relay.wake();
      },
    }).start();
    this.host.onClose(() => keeper.stop());
    this.host.onClose(
      runHousekeeping({
        db,
        relay,
        bus,
        logger: this.host.logger,
        ...(this.host.config.storeUrl !== undefined && { store: this.host.store() }),
      }),
    );
    this.host.onClose(() => this.hearNoMore());
    const consumers = this.discovery
      .getProviders()
      .flatMap(({ instance }) => (instance instanceof EventConsumer ? [instance] : []));
    this.host.onClose(
      reportConsumers(
        this.host,
        consumers.map(({ consumer, event }) => ({ name: consumer, event: event.name })),
      ),
    );
    for (const instance of consumers) {
      const { consumer, event, maxDeliveries } = instance;
      this.subscriptions.push(
        await consume(bus, db, {
          consumer,
          event,
          ...(maxDeliveries === undefined ? {} : { maxDeliveries }),
          handler: (body, meta) => instance.handle(body, meta),
        }),
      );
    }
  }

  /** Runs while calls are still finishing. */
  beforeApplicationShutdown(): Promise<void> {
    return this.hearNoMore();
  }

  /** Runs after the last call. */
  onApplicationShutdown(): Promise<void> {
    return this.host.close();
  }

  private async hearNoMore(): Promise<void> {
    await Promise.all(this.subscriptions.splice(0).map((s) => s.stop()));
  }
}
