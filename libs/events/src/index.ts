import { fileURLToPath } from 'node:url';

export type { ConsumerLag } from './bus.js';
export type { Bus, BusMark, BusMessage, ConsumerSpec, DeadLetter, Subscription } from './bus.js';
export { BusKeeper, type BusKeeperOptions } from './bus-keeper.js';
export {
  ActivationSetReady,
  AnalysisReady,
  AuditRecorded,
  catalog,
  DatasetVersionReady,
  EpochCompleted,
  ExplorationReady,
  InsightSearchReady,
  NeighborGraphReady,
  ProjectDeleted,
  RunFinished,
  TeamDeleted,
} from './catalog.js';
export { consume, type Consumer, type EventMeta } from './consume.js';
export { eventType, type EventType } from './event-type.js';
export { JetStreamBus, type JetStreamBusOptions } from './jetstream/jetstream-bus.js';
export { type BusParts, openBus } from './open-bus.js';
export { Outbox } from './outbox.js';
export { OutboxRelay, type RelayOptions } from './outbox-relay.js';
export { migrateBus } from './postgres/migrate-bus.js';
export { PostgresBus, type PostgresBusOptions } from './postgres/postgres-bus.js';

/** Folder of the migrations of the tables outbox and inbox, for `migrate`. */
export const eventsMigrations = fileURLToPath(new URL('../../migrations', import.meta.url));
export { formatInbox, type NatsPermissions, servicePermissions } from './jetstream/permissions.js';
