import { exportTraces, type Logger, MonitoringServer, type Probe } from '@noema/observability';
import type { HostRole } from './host.js';
import { processInfo } from './service.metrics.js';
import type { HostConfig } from './settings.js';

/** What a process answers to those who watch it, from before it starts to after it has stopped. */
export interface Monitoring {
  /** `host:port`; empty when nobody asks. */
  readonly address: string;
  /** Says on what readiness and life depend; the process counts as starting until then. */
  watch(probes: ProcessProbes): void;
  /** Says no more that the process is ready, ends it by the given work, then answers no more. */
  around<T>(end: () => Promise<T>): Promise<T>;
}

export interface ProcessProbes {
  readonly ready: readonly Probe[];
  /** Only what a restart of the process would cure. */
  readonly live: readonly Probe[];
}

export interface MonitoringOptions {
  readonly service: string;
  readonly role: HostRole;
  readonly config: Pick<HostConfig, 'metricsAddress' | 'otlpEndpoint' | 'traceRatio'>;
  readonly logger: Logger;
}

/**
 * Exports traces to `otlpEndpoint` and answers metrics and probes on `metricsAddress`, each only when it is
 * set. Throws `precondition` METRICS_ADDRESS_IN_USE or METRICS_ADDRESS_INVALID.
 */
export async function startMonitoring({
  service,
  role,
  config,
  logger,
}: MonitoringOptions): Promise<Monitoring> {
  const server =
    config.metricsAddress === undefined ? undefined : await MonitoringServer.listen(config.metricsAddress);
  processInfo.set({ service, role }, 1);
  const stopTraces = await exportTraces({
    service,
    role,
    endpoint: config.otlpEndpoint,
    ratio: config.traceRatio,
    logger,
  });
  return {
    address: server?.address ?? '',
    watch: ({ ready, live }) => {
      server?.liveWhile(...live);
      server?.readyWhen(...ready);
    },
    around: async (end) => {
      server?.drain();
      try {
        return await end();
      } finally {
        await stopTraces(); // after the last span
        await server?.close();
      }
    },
  };
}
