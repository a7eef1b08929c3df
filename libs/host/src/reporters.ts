import type { OutboxRelay } from '@noema/events';
import { type QueueDepth, queueDepth } from '@noema/jobs';
import { reportMetrics } from '@noema/observability';
import type { Host } from './host.js';
import {
  consumerLag,
  deadLetters,
  outboxAge,
  outboxBacklog,
  poolConnections,
  queueLag,
  queueOldest,
  queueShards,
} from './service.metrics.js';

/** How long values from the database are reused: Prometheus and autoscalers query one after the other. */
const FRESH_MS = 2_000;

const kept = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let last: { readonly answer: Promise<T>; readonly atMs: number } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.atMs > FRESH_MS) {
      const answer = read();
      last = { answer, atMs: performance.now() };
      answer.catch(() => {
        last = undefined;
      });
    }
    return last.answer;
  };
};

/** Reports the use of the process's connections. Returns the function that stops it. */
export function reportConnections(host: Host): () => void {
  const db = host.database();
  return reportMetrics({
    name: 'database',
    gauges: [poolConnections],
    report: () => {
      for (const [state, count] of Object.entries(db.connections))
        poolConnections.set({ service: host.name, role: host.role, state }, count);
    },
  });
}

/**
 * Reports the queue of the service, by these kinds and any other that exists. Returns the function that stops
 * it.
 */
export function reportQueue(host: Host, kinds: readonly string[]): () => void {
  const depth = kept(() => queueDepth(host.database()));
  const known = new Set(kinds);
  return reportMetrics({
    name: 'queue',
    gauges: [queueShards, queueOldest, queueLag],
    report: async () => {
      const byKind = new Map((await depth()).map((d) => [d.kind, d]));
      for (const kind of byKind.keys()) known.add(kind);
      for (const kind of known)
        tellDepth(
          host.name,
          byKind.get(kind) ?? { kind, queued: 0, delayed: 0, running: 0, oldestSeconds: 0 },
        );
      queueLag.set(
        { service: host.name },
        [...byKind.values()].reduce((sum, { queued }) => sum + queued, 0),
      );
    },
  });
}

/** Reports the unpublished events of the service. Returns the function that stops it. */
export function reportOutbox(host: Host, relay: OutboxRelay): () => void {
  const backlog = kept(() => relay.backlog());
  return reportMetrics({
    name: 'outbox',
    gauges: [outboxBacklog, outboxAge],
    report: async () => {
      const { messages, oldestSeconds } = await backlog();
      outboxBacklog.set({ service: host.name }, messages);
      outboxAge.set({ service: host.name }, oldestSeconds);
    },
  });
}

/** Reports the backlog of the service's consumers. Returns the function that stops it. */
export function reportConsumers(
  host: Host,
  consumers: readonly { readonly name: string; readonly event: string }[],
): () => void {
  const lag = kept(() => host.bus().lag(consumers));
  return reportMetrics({
    name: 'consumers',
    gauges: [consumerLag, deadLetters],
    report: async () => {
      for (const { consumer, waiting, dead } of await lag()) {
        consumerLag.set({ consumer }, waiting);
        deadLetters.set({ consumer }, dead);
      }
    },
  });
}

function tellDepth(service: string, { kind, queued, delayed, running, oldestSeconds }: QueueDepth): void {
  for (const [state, count] of Object.entries({ queued, delayed, running }))
    queueShards.set({ service, kind, state }, count);
  queueOldest.set({ service, kind }, oldestSeconds);
}
