import { connect } from 'node:net';
import { needProgram } from './program.js';
import type { ServerSpec } from './server-spec.js';

export interface NatsOptions {
  readonly port: number;
  /** Where JetStream keeps its files. */
  readonly directory: string;
  /** Program to run instead of the one that `make servers` fetched. */
  readonly program?: string;
}

/** A NATS server with JetStream on 127.0.0.1. Throws `precondition` SERVER_PROGRAM_MISSING. */
export function natsServer({ port, directory, program = needProgram('nats-server') }: NatsOptions): ServerSpec {
  return {
    name: 'nats', program, env: {},
    args: ['--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', directory],
    ready: () => greets(port),
  };
}

/** A NATS server speaks first: `INFO {…}`. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean): void => { socket.destroy(); resolve(answer); };
    socket.setTimeout(1_000, () => { end(false); });
    socket.once('error', () => { end(false); });
    socket.once('data', (chunk) => { end(chunk.toString('latin1').startsWith('INFO ')); });
  });
}
