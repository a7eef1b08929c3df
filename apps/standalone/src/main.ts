import { parseArgs } from 'node:util';
import { asDomainError } from '@noema/kernel';
import type { PlatformMessage } from './platform-process.js';
import { Platform } from './platform.js';
import { teamNames } from './platform-options.js';

const STOP_DEADLINE_MS = 30_000;

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string', default: '.noema' },
    port: { type: 'string', default: '7070' },
    'grpc-port': { type: 'string' },
    processes: { type: 'boolean', default: false },
    cores: { type: 'string' },
    'log-level': { type: 'string', default: process.env['NOEMA_LOG_LEVEL'] ?? 'info' },
    cluster: { type: 'boolean', default: false },
    workers: { type: 'string', default: '2' },
    replicas: { type: 'string', default: '1' },
    teams: { type: 'string', default: '2' },
    'nats-program': { type: 'string' },
    'trust-integrations': { type: 'boolean', default: false },
  },
});

const tell = (message: PlatformMessage): void => {
  process.send?.(message);
};
let platform: Platform | undefined;
let [stopping, detached] = [false, false];

async function stop(): Promise<void> {
  if (stopping) process.exit(1);
  stopping = true;
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  await starting;
  await platform?.stop();
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('message', (message) => {
  detached ||= message === 'detach';
});
// The parent, which did not detach us, has ended: end too.
process.on('disconnect', () => {
  if (!detached) void stop();
});

const starting = Platform.start({
  dataDir: values['data-dir'],
  port: Number(values.port),
  ...(values['grpc-port'] !== undefined && { grpcPort: Number(values['grpc-port']) }),
  processes: values.processes,
  trustIntegrations: values['trust-integrations'],
  logLevel: values['log-level'],
  ...(values.cores !== undefined && { cores: Number(values.cores) }),
  ...(values.cluster && {
    cluster: {
      workers: Number(values.workers),
      replicas: Number(values.replicas),
      teams: teamNames(Number(values.teams)),
      natsProgram: values['nats-program'],
    },
  }),
}).then(
  (started) => {
    platform = started;
    tell({ kind: 'ready', url: started.url });
    process.stdout.write(`serving ${started.url}\n`);
  },
  (error: unknown) => {
    const { kind, reason, message, metadata } = asDomainError(error);
    tell({ kind: 'failed', error: { kind, reason, message, metadata } });
    process.stderr.write(
      `${error instanceof Error ? (reason === 'INTERNAL' ? error.stack : message) : message}\n`,
    );
    process.exitCode = 1;
    process.disconnect?.();
  },
);
