import { fileURLToPath } from 'node:url';

export type { Bus, BusMessage, ConsumerSpec, DeadLetter, Subscription } from './bus.js';
export {
  ActivationSetReady, AnalysisReady, catalog, DatasetVersionReady, EpochCompleted, ExplorationReady, NeighborGraphReady, RunFinished,
} from './catalog.js';
export { consume, type Consumer, type EventMeta } from './consume.js';
export { eventType, type EventType } from './event-type.js';
export { JetStreamBus, type JetStreamBusOptions } from './jetstream/jetstream-bus.js';
export { type BusParts, openBus } from './open-bus.js';
export { Outbox } from './outbox.js';
export { OutboxRelay, type RelayOptions } from './outbox-relay.js';
export { migrateBus } from './postgres/migrate-bus.js';
export { PostgresBus, type PostgresBusOptions } from './postgres/postgres-bus.js';

/** Folder of the tables outbox and inbox, for `migrate`. */
export const eventsMigrations = fileURLToPath(new URL('../../migrations', import.meta.url));
