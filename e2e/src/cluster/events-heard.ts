import { JOB_SERVICES } from '@noema/contracts';
import { openBus } from '@noema/events';
import { silentLogger } from '@noema/observability';
import type { RunningCluster } from './running-cluster.js';

/** Who hears what: consumer, the service whose inbox it has, the event and the service that announces it. */
const CONSUMERS = [
  {
    consumer: 'activations__epoch_completed',
    service: 'activations',
    event: 'training.EpochCompleted',
    by: 'training',
  },
  {
    consumer: 'explanations__epoch_completed',
    service: 'explanations',
    event: 'training.EpochCompleted',
    by: 'training',
  },
  {
    consumer: 'similarity__activation_set_ready',
    service: 'similarity',
    event: 'activations.ActivationSetReady',
    by: 'activations',
  },
  {
    consumer: 'projection__neighbor_graph_ready',
    service: 'projection',
    event: 'similarity.NeighborGraphReady',
    by: 'similarity',
  },
  {
    consumer: 'quality__run_finished',
    service: 'quality',
    event: 'training.RunFinished',
    by: 'training',
  },
  {
    consumer: 'insights__run_finished',
    service: 'insights',
    event: 'training.RunFinished',
    by: 'training',
  },
  {
    consumer: 'insights__neighbor_graph_ready',
    service: 'insights',
    event: 'similarity.NeighborGraphReady',
    by: 'similarity',
  },
  {
    consumer: 'insights__epoch_completed',
    service: 'insights',
    event: 'training.EpochCompleted',
    by: 'training',
  },
  {
    consumer: 'quality__insight_search_ready',
    service: 'quality',
    event: 'insights.InsightSearchReady',
    by: 'insights',
  },
  ...JOB_SERVICES.map((by) => ({
    consumer: 'workspace__audit_recorded',
    service: 'workspace',
    event: 'workspace.AuditRecorded',
    by,
  })),
];

/** Announced facts that a consumer has not heard. */
export async function unheard(cluster: RunningCluster): Promise<string[]> {
  const found: string[] = [];
  for (const { consumer, service, event, by } of CONSUMERS) {
    const rows = await cluster.query<{
      id: string;
      subject: string;
    }>(`SELECT o.id, o.subject FROM ${by}.outbox o
      WHERE o.event = '${event}' AND NOT EXISTS (SELECT FROM ${service}.inbox i WHERE i.consumer =
        '${consumer}' AND i.message_id = o.id)`);
    found.push(...rows.map(({ id, subject }) => `${consumer} has not heard ${subject} (${id})`));
  }
  return found;
}

/** How many announcements there were at all, so that a check of none is seen. */
export async function announced(cluster: RunningCluster): Promise<number> {
  const counts = await Promise.all(
    CONSUMERS.map(
      async ({ by, event }) =>
        (
          await cluster.query<{ n: number }>(
            `SELECT count(*)::int AS n FROM ${by}.outbox WHERE event = '${event}'`,
          )
        )[0]!.n,
    ),
  );
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Messages that a consumer gave up, with what it said. */
export async function dead(cluster: RunningCluster): Promise<string[]> {
  const bus = openBus(cluster.state().busUrl, {
    credentials: cluster.busCredentials(),
    database: () => {
      throw new Error('the cluster has a bus of its own');
    },
    name: 'faults',
    logger: silentLogger,
  });
  try {
    const letters = await Promise.all(
      [...new Set(CONSUMERS.map(({ consumer }) => consumer))].map(async (consumer) =>
        (await bus.deadLetters(consumer)).map(
          ({ message, error }) => `${consumer} gave up ${message.subject}: ${error}`,
        ),
      ),
    );
    return letters.flat();
  } finally {
    await bus.close();
  }
}
