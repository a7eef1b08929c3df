import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, launchServer, natsServer, type NatsUser, needProgram } from '@noema/local-servers';
import { hasProgram } from './has-program.js';

/** A NATS server with JetStream of one test file's own. */
export interface TestNats {
  /** `nats://127.0.0.1:<port>` */
  readonly url: string;
  /** `user:password` of somebody who may do everything. */
  readonly credentials: string;
  readonly pid: number;
  /** Ends it; `SIGKILL` as a crash does. Its data stay. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port; `wipe` loses all that it held. */
  start(wipe?: boolean): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** True if the program is installed, for `describe.skipIf`. Otherwise prints what to do. */
export const hasNats = (program = 'nats-server'): boolean => hasProgram(program);

export interface NatsTestOptions {
  /** Users in addition to the one of `credentials`. */
  readonly users?: readonly NatsUser[];
  /** True for a server that takes anybody. */
  readonly open?: boolean;
}

/** Starts a real NATS server on a free port of 127.0.0.1. Throws `precondition` SERVER_PROGRAM_MISSING. */
export async function startNats(
  program = 'nats-server',
  { users = [], open = false }: NatsTestOptions = {},
): Promise<TestNats> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-nats-'));
  const [port = 0] = await freePorts(1);
  const anybody = { user: 'test', password: 'a password of the test' };
  const launch = async () =>
    launchServer(
      await natsServer({
        port,
        directory,
        program: needProgram(program),
        users: open ? [] : [anybody, ...users],
      }),
    );
  let server = await launch();
  return {
    url: `nats://127.0.0.1:${port}`,
    credentials: `${anybody.user}:${anybody.password}`,
    get pid() {
      return server.pid;
    },
    kill: (signal = 'SIGKILL') => server.stop(signal),
    start: async (wipe = false) => {
      if (wipe) await rm(directory, { recursive: true, force: true });
      server = await launch();
    },
    stop: async () => {
      await server.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
