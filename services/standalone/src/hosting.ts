import type { RunningApp } from '@noema/host';
import { createLogger } from '@noema/observability';
import { waitUntilReady, waitUntilServing } from './health.js';
import { LogFile } from './log-file.js';
import type { ProcessReport } from './platform-state.js';
import { type CatalogEntry, entryPoint, GATEWAY } from './service-catalog.js';
import { SupervisedProcess } from './supervised-process.js';

/** How an application is run; the rest of the platform does not see the difference. */
export interface Hosted {
  readonly name: string;
  report(): ProcessReport;
  stop(graceMs: number): Promise<void>;
}

export interface HostOptions {
  readonly entry: CatalogEntry;
  readonly env: Readonly<Record<string, string>>;
  readonly address: string;
  readonly logs: string;
  readonly onChange: () => void;
}

const START_TIMEOUT_MS = 60_000;

/** Runs the application in this process, on its own port, logging into its own file. */
export async function hostHere({ entry, env, address, logs }: HostOptions): Promise<Hosted> {
  const log = new LogFile(logs, entry.name);
  const logger = createLogger({ service: entry.name, level: env['NOEMA_LOG_LEVEL'] as 'info', destination: log });
  const running: RunningApp<unknown> = await entry.start(env, { logger });
  return {
    name: entry.name,
    report: () => ({ name: entry.name, pid: process.pid, state: 'running', restarts: 0, address }),
    stop: async () => {
      await running.close();
      log.close();
    },
  };
}

/** Runs the application as a process of its own and waits until it serves. */
export async function hostApart({ entry, env, address, logs, onChange }: HostOptions): Promise<Hosted> {
  const child = new SupervisedProcess({ name: entry.name, module: entryPoint(entry.name, 'main'), env, log: new LogFile(logs, entry.name), onChange });
  child.start();
  await (entry === GATEWAY ? waitUntilReady(address, START_TIMEOUT_MS) : waitUntilServing(entry.name, address, START_TIMEOUT_MS));
  return { name: entry.name, report: () => report(child, address), stop: (graceMs) => child.stop(graceMs) };
}

/** Starts the workers of a service. */
export function hostWorkers({ entry, env, logs, onChange }: HostOptions, count: number): Hosted[] {
  return Array.from({ length: count }, (_, i) => {
    const name = count === 1 ? `${entry.name}-worker` : `${entry.name}-worker-${i + 1}`;
    const child = new SupervisedProcess({ name, module: entryPoint(entry.name, 'worker'), env, log: new LogFile(logs, name), onChange });
    child.start();
    return { name, report: () => report(child, ''), stop: (graceMs) => child.stop(graceMs) };
  });
}

const report = (child: SupervisedProcess, address: string): ProcessReport => ({ name: child.name, pid: child.pid ?? 0, state: child.state, restarts: child.restarts, address });
