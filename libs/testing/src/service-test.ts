import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { DescService } from '@bufbuild/protobuf';
import type { Role } from '@noema/auth';
import type { ServiceClient } from '@noema/grpc';
import type { Peer } from './peers.js';
import type { Testbed } from './testbed.js';

type Env = Readonly<Record<string, string>>;

interface Closable {
  close(): Promise<void>;
}

/**
 * A service and what surrounds it in a test. Its package passes the functions that start it, because the
 * tests of `@noema/host` use this library.
 */
export interface ServiceUnderTest<App extends Closable & { readonly address: string }, Worker> {
  readonly start: (env: Env) => Promise<App>;
  readonly startWorker?: (env: Env) => Promise<Worker>;
  /** Compiled main file of a worker, for workers in a process of their own. */
  readonly workerFile?: URL;
  /** Services that are replaced by the fakes in `peers`. */
  readonly peerNames: readonly string[];
  readonly peers: readonly Peer[];
  /** Settings in addition to the testbed's. NOEMA_DATABASE_URL is the URL of the service's own role. */
  readonly env: Env & { readonly NOEMA_DATABASE_URL: string };
  /** Team of the callers. */
  readonly teamId?: string;
}

/** A service that runs on the testbed, which stops it together with all its workers. */
export interface ServiceTest<App, Worker> {
  readonly app: App;
  /** Address of the service, `host:port`. */
  readonly address: string;
  /** All settings of the service. */
  readonly env: Env & { readonly NOEMA_DATABASE_URL: string };
  /** A client with a token of the team (default: the team of the test) and role (default: editor). */
  client<S extends DescService>(
    service: S,
    caller?: { readonly teamId?: string; readonly role?: Role },
  ): ServiceClient<S>;
  /** Starts a worker in this process; `change` replaces settings. */
  startWorker(change?: Env): Promise<Worker>;
  /** Stops all workers of this process. */
  stopWorkers(): Promise<void>;
  /** Starts a worker in its own process; `change` replaces settings. It is killed with the testbed. */
  forkWorker(change?: Env): ChildProcess;
  /** Starts a worker in its own process that is expected to exit, and returns what it wrote to stderr. */
  runWorker(change?: Env): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Starts a service on the testbed, with fakes of the services that it calls. */
export async function serviceTest<
  App extends Closable & { readonly address: string },
  Worker extends Closable = never,
>(bed: Testbed, service: ServiceUnderTest<App, Worker>): Promise<ServiceTest<App, Worker>> {
  const { start, startWorker, workerFile, peerNames, peers, teamId: ownTeam } = service;
  const env = { ...bed.env, NOEMA_SERVICES: await bed.serve(peerNames, peers), ...service.env };
  const app = bed.opened(await start(env));
  const workers: Closable[] = [];
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
  };
  bed.opened({ close: stopWorkers });
  const forked = (change: Env, stderr: 'inherit' | 'pipe'): ChildProcess => {
    if (workerFile === undefined) throw new Error('the test has no workerFile to start a process with');
    const child = fork(workerFile, {
      env: { ...process.env, ...env, ...change },
      stdio: ['ignore', stderr === 'pipe' ? 'ignore' : 'inherit', stderr, 'ipc'],
    });
    bed.opened({ close: () => killed(child) });
    return child;
  };
  return {
    app,
    address: app.address,
    env,
    client: (rpcs, { teamId = ownTeam, role = 'editor' } = {}) => {
      if (teamId === undefined) throw new Error('the test has no team: name the team of the caller');
      return bed.client(rpcs, { address: app.address, teamId, role });
    },
    startWorker: async (change = {}) => {
      if (startWorker === undefined) throw new Error('the test has no startWorker');
      const worker = await startWorker({ ...env, ...change });
      workers.push(worker);
      return worker;
    },
    stopWorkers,
    forkWorker: (change = {}) => forked(change, 'inherit'),
    runWorker: async (change = {}) => {
      const child = forked(change, 'pipe');
      let output = '';
      child.stderr!.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, output };
    },
  };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
