import { exportTraces, type Logger, MonitoringServer, type Probe } from '@noema/observability';
import type { HostRole } from './host.js';
import { processInfo } from './service.metrics.js';
import type { HostConfig } from './settings.js';

/** Metrics and probes of a process, from before its start until after its stop. */
export interface Monitoring {
  /** `host:port`; empty if monitoring is off. */
  readonly address: string;
  /** Sets the probes for readiness and liveness. Until then the process counts as starting. */
  watch(probes: ProcessProbes): void;
  /** Reports not ready, runs the given shutdown, then stops responding. */
  around<T>(end: () => Promise<T>): Promise<T>;
}

export interface ProcessProbes {
  readonly ready: readonly Probe[];
  /** Probes whose failure a restart of the process would fix. */
  readonly live: readonly Probe[];
}

export interface MonitoringOptions {
  readonly service: string;
  readonly role: HostRole;
  readonly config: Pick<HostConfig, 'metricsAddress' | 'otlpEndpoint' | 'traceRatio'>;
  readonly logger: Logger;
}

/**
 * Exports traces to `otlpEndpoint`, and serves metrics and probes on `metricsAddress`, each only if set.
 * Throws `precondition` METRICS_ADDRESS_IN_USE or METRICS_ADDRESS_INVALID.
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
