import { counter, histogram } from '@noema/observability';

const deliveries = counter({
  name: 'noema_event_deliveries_total',
  help:
    'Deliveries of events to consumers: done, duplicate (had its effect before) or failed (comes again, ' +
    'or is dead after the last).',
  labels: ['consumer', 'outcome'],
});
const handling = histogram({
  name: 'noema_event_handle_seconds',
  help: 'Time from a delivery to its commit.',
  labels: ['consumer'],
});
const announced = counter({
  name: 'noema_events_published_total',
  help: 'Events that the relay of a service has handed to the bus.',
  labels: ['service', 'event'],
});
const unannounced = counter({
  name: 'noema_event_publish_failures_total',
  help: 'Batches of events that the bus did not take; they are tried again.',
  labels: ['service'],
});

/**
 * Runs one delivery and counts its outcome. The work returns whether it was the first delivery of the
 * message.
 */
export async function countDelivery(
  consumer: string,
  work: () => Promise<'done' | 'duplicate'>,
): Promise<void> {
  const begunMs = performance.now();
  let outcome = 'failed';
  try {
    outcome = await work();
  } finally {
    deliveries.inc({ consumer, outcome });
    handling.observe({ consumer }, (performance.now() - begunMs) / 1000);
  }
}

/** Publishes a batch and counts its events, or the failure. */
export async function countPublishing<T>(
  service: string,
  events: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  let published: T;
  try {
    published = await work();
  } catch (error) {
    unannounced.inc({ service });
    throw error;
  }
  for (const event of events) announced.inc({ service, event });
  return published;
}
