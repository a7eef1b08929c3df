import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, launchServer, S3_PORTS, s3Server } from '@noema/local-servers';
import { hasProgram } from './has-program.js';

/** An S3 server of one test file's own. */
export interface TestS3 {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Ports of S3 and of the parts behind it, in the order of `S3Options`. */
  readonly ports: readonly number[];
  readonly pid: number;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same ports and data. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** True if the program is installed, for `describe.skipIf`. Otherwise prints what to do. */
export const hasS3 = (): boolean => hasProgram('weed');

/**
 * Starts a real S3 server (SeaweedFS) on free ports of 127.0.0.1. Throws `precondition`
 * SERVER_PROGRAM_MISSING.
 */
export async function startS3(): Promise<TestS3> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-s3-'));
  const ports = await freePorts(S3_PORTS);
  const keys = { accessKey: 'noema-test', secretKey: 'noema-test-secret' };
  const launch = async () => launchServer(await s3Server({ ports, directory, ...keys }));
  let server = await launch();
  return {
    endpoint: `http://127.0.0.1:${ports[0]}`,
    ...keys,
    ports,
    get pid() {
      return server.pid;
    },
    kill: (signal = 'SIGKILL') => server.stop(signal),
    start: async () => {
      server = await launch();
    },
    stop: async () => {
      await server.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
