import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { needProgram } from './program.js';
import type { ServerSpec } from './server-spec.js';

export interface NatsOptions {
  readonly port: number;
  /** Where JetStream keeps its files. */
  readonly directory: string;
  /** Program to run instead of the one that `make servers` fetched. */
  readonly program?: string;
  /** Who may connect; anybody may where there are none. */
  readonly users: readonly NatsUser[];
}

/** A user of the server. */
export interface NatsUser {
  readonly user: string;
  readonly password: string;
  /** Subjects that it may publish and subscribe to; all when left out. */
  readonly permissions?: {
    readonly publish: { readonly allow: readonly string[] };
    readonly subscribe: { readonly allow: readonly string[] };
  };
}

/**
 * A NATS server with JetStream on 127.0.0.1; writes its configuration, with the passwords, into the directory
 * for the owner alone. Throws `precondition` SERVER_PROGRAM_MISSING.
 */
export async function natsServer({
  port,
  directory,
  program = needProgram('nats-server'),
  users,
}: NatsOptions): Promise<ServerSpec> {
  const config = join(directory, 'nats.conf');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(config, natsConfig(users), { mode: 0o600 });
  return {
    name: 'nats',
    program,
    env: {},
    args: [
      '--addr',
      '127.0.0.1',
      '--port',
      String(port),
      '--jetstream',
      '--store_dir',
      directory,
      '--config',
      config,
    ],
    ready: () => greets(port),
  };
}

/** The configuration of a server for these users; NATS reads JSON too. */
export const natsConfig = (users: readonly NatsUser[]): string =>
  JSON.stringify(users.length === 0 ? {} : { authorization: { users } }, undefined, 1);

/** A NATS server speaks first: `INFO {…}`. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => {
      end(false);
    });
    socket.once('error', () => {
      end(false);
    });
    socket.once('data', (chunk) => {
      end(chunk.toString('latin1').startsWith('INFO '));
    });
  });
}
