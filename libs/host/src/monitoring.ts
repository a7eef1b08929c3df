import { MonitoringServer, type Probe } from '@noema/observability';
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

/** Listens on `metricsAddress`; does nothing without it. Throws `precondition` METRICS_ADDRESS_IN_USE or METRICS_ADDRESS_INVALID. */
export async function listenForMonitoring({ metricsAddress }: Pick<HostConfig, 'metricsAddress'>): Promise<Monitoring> {
  if (metricsAddress === undefined) return { address: '', watch: () => undefined, around: (end) => end() };
  const server = await MonitoringServer.listen(metricsAddress);
  return {
    address: server.address,
    watch: ({ ready, live }) => {
      server.liveWhile(...live);
      server.readyWhen(...ready);
    },
    around: async (end) => {
      server.drain();
      try {
        return await end();
      } finally {
        await server.close();
      }
    },
  };
}
