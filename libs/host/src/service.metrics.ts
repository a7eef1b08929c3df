import { gauge } from '@noema/observability';

/** Gauges of a service's queue, outbox and database, set at every read of the metrics. */
export const queueShards = gauge({
  name: 'noema_queue_shards',
  help:
    'Shards of jobs by kind: queued ones that a worker could begin now, delayed ones that wait for their ' +
    'moment, running ones.',
  labels: ['service', 'kind', 'state'],
});
export const queueOldest = gauge({
  name: 'noema_queue_oldest_seconds',
  help: 'Time since the longest waiting shard could have started, by the clock of the database.',
  labels: ['service', 'kind'],
});
export const queueLag = gauge({
  name: 'noema_queue_lag_shards',
  help:
    'Shards of all kinds that a worker could start now; reported also when it is 0, so that autoscalers ' +
    'always find it.',
  labels: ['service'],
});
export const outboxBacklog = gauge({
  name: 'noema_outbox_backlog_messages',
  help: 'Facts that are true and not yet announced.',
  labels: ['service'],
});
export const outboxAge = gauge({
  name: 'noema_outbox_oldest_seconds',
  help: 'Age of the oldest fact that is not yet announced.',
  labels: ['service'],
});
export const poolConnections = gauge({
  name: 'noema_database_connections',
  help: 'Connections of the pool of this process by state; `waiting` are calls that want one.',
  labels: ['service', 'role', 'state'],
});
export const consumerLag = gauge({
  name: 'noema_consumer_lag_messages',
  help: 'Events that a consumer of this service has not answered.',
  labels: ['consumer'],
});
export const deadLetters = gauge({
  name: 'noema_dead_letters',
  help: 'Events that a consumer gave up and that were not replayed; each is an effect that did not happen.',
  labels: ['consumer'],
});
export const processInfo = gauge({
  name: 'noema_process_info',
  help: 'Always 1: which service this process belongs to, and whether it serves or works.',
  labels: ['service', 'role'],
});
