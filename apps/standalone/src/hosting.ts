import type { RunningApp } from '@noema/host';
import type { ServerSpec } from '@noema/local-servers';
import { createLogger } from '@noema/observability';
import { waitUntil, waitUntilReady, waitUntilServing } from './health.js';
import { LogFile } from './log-file.js';
import type { ProcessReport } from './platform-state.js';
import { type CatalogEntry, entryPoint, GATEWAY } from './service-catalog.js';
import { type ProcessSpec, SupervisedProcess } from './supervised-process.js';

/** How an application is run; the rest of the platform does not see the difference. */
export interface Hosted {
  readonly name: string;
  report(): ProcessReport;
  stop(graceMs: number): Promise<void>;
}

export interface HostOptions {
  readonly entry: CatalogEntry;
  /** Name of this instance. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where it listens; workers do not. */
  readonly address: string;
  readonly logs: string;
  readonly onChange: () => void;
}

const START_TIMEOUT_MS = 120_000;

/** Runs the application in this process, on its own port, logging into its own file. */
export async function hostHere({ entry, name, env, address, logs }: HostOptions): Promise<Hosted> {
  const log = new LogFile(logs, name);
  const logger = createLogger({
    service: entry.name,
    level: env['NOEMA_LOG_LEVEL'] as 'info',
    destination: log,
  });
  const running: RunningApp<unknown> = await entry.start(env, { logger });
  return {
    name,
    report: () => ({ name, pid: process.pid, state: 'running', restarts: 0, address }),
    stop: async () => {
      await running.close();
      log.close();
    },
  };
}

/** Runs the application as a process of its own and waits until it serves. */
export async function hostApart({ entry, name, env, address, logs, onChange }: HostOptions): Promise<Hosted> {
  const child = start({
    name,
    run: { module: entryPoint(entry.name, 'main') },
    env,
    log: new LogFile(logs, name),
    onChange,
  });
  const patience = { timeoutMs: START_TIMEOUT_MS, inVain: () => child.state === 'crash-loop' };
  await (entry === GATEWAY ? waitUntilReady(address, patience) : waitUntilServing(name, address, patience));
  return hosted(child, address);
}

/** A worker; one that waits loads nothing before `go` is called. */
export interface HostedWorker extends Hosted {
  /** Lets it load, and returns when it is at work or has died. */
  go(): Promise<void>;
  /** Calls back each time that it waits again after it was at work. */
  onRest(callback: () => void): void;
}

/** Starts a worker of a service. */
export function hostWorker({ entry, name, env, logs, onChange }: HostOptions, waits: boolean): HostedWorker {
  const child = start({
    name,
    run: { module: entryPoint(entry.name, 'worker') },
    env,
    log: new LogFile(logs, name),
    waits,
    onChange,
  });
  return {
    ...hosted(child),
    go: () => child.go(),
    onRest: (callback) => {
      child.onRest = callback;
    },
  };
}

/** Starts the program of a server; `serverReady` resolves when it serves. */
export const hostServer = (
  { name, program, args, env }: ServerSpec,
  { logs, onChange }: Pick<HostOptions, 'logs' | 'onChange'>,
): Hosted => hosted(start({ name, run: { program, args }, env, log: new LogFile(logs, name), onChange }));

/** Waits until the server answers. Throws `unavailable` SERVICE_NOT_HEALTHY. */
export const serverReady = ({ name, ready }: ServerSpec): Promise<void> =>
  waitUntil(name, { timeoutMs: START_TIMEOUT_MS }, ready);

function start(spec: ProcessSpec): SupervisedProcess {
  const child = new SupervisedProcess(spec);
  child.start();
  return child;
}

function hosted(child: SupervisedProcess, address = ''): Hosted {
  const { name, env } = child.spec;
  const metrics = env['NOEMA_METRICS_ADDRESS'];
  return {
    name,
    report: () => ({
      name,
      pid: child.pid ?? 0,
      state: child.state,
      restarts: child.restarts,
      address,
      ...(metrics !== undefined && { metricsAddress: metrics }),
    }),
    stop: (graceMs) => child.stop(graceMs),
  };
}
