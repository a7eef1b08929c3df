import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, type ErrorKind } from '@noema/kernel';
import { ALLOCATOR } from './allocator.js';
import { bundled } from './bundled.js';
import { DataDirectory } from './data-directory.js';
import { directoryUnusable } from './platform.errors.js';

/** Messages of the supervisor to the process that started it. */
export type PlatformMessage =
  | { readonly kind: 'ready'; readonly url: string }
  | {
      readonly kind: 'failed';
      readonly error: {
        readonly kind: ErrorKind;
        readonly reason: string;
        readonly message: string;
        readonly metadata: Readonly<Record<string, string>>;
      };
    };

export interface PlatformProcessOptions {
  readonly dataDir: string;
  readonly port?: number;
  /** Port of the gateway's gRPC; left out: the one after `port` when it is free, else any. */
  readonly grpcPort?: number;
  readonly processes?: boolean;
  readonly cores?: number;
  readonly logLevel?: string;
  /** Runs it as a cluster does; `false` or left out for a laptop. */
  readonly cluster?: boolean;
  /**
   * Only of a cluster: worker processes of each heavy service (2), processes of each service (1), teams (2),
   * another NATS server.
   */
  readonly workers?: number;
  readonly replicas?: number;
  readonly teams?: number;
  readonly natsProgram?: string;
  /** Runs the code of users without a sandbox although there are several teams. */
  readonly trustIntegrations?: boolean;
}

/** A supervisor in a process of its own. */
export class PlatformProcess {
  constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  get pid(): number {
    return this.child.pid!;
  }

  /** Lets the platform go on after this process. */
  detach(): void {
    this.child.send('detach', () => {
      this.child.disconnect();
      this.child.unref();
    });
  }

  /** Ends the platform in order and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** Starts the platform of a data directory and waits until it is ready. Throws what the supervisor threw. */
export async function startPlatformProcess(options: PlatformProcessOptions): Promise<PlatformProcess> {
  const { dataDir } = options;
  const { logs } = new DataDirectory(dataDir);
  const output = await openOutput(logs).catch((error: unknown) => {
    throw directoryUnusable(dataDir, error);
  });
  const args = Object.entries(options).flatMap(([name, value]) =>
    argument(name, value as string | number | boolean | undefined),
  );
  const child = fork(bundled('standalone-main'), args, {
    stdio: ['ignore', output.fd, output.fd, 'ipc'],
    detached: true,
    env: { ...process.env, ...ALLOCATOR },
    execArgv: ['--enable-source-maps'],
  });
  await output.close();
  const message = await Promise.race([
    once(child, 'message').then(([m]) => m as PlatformMessage),
    once(child, 'exit').then(
      ([code, signal]): PlatformMessage => ({
        kind: 'failed',
        error: {
          kind: 'internal',
          reason: 'SUPERVISOR_DIED',
          message: `the supervisor ended with ${String(code ?? signal)}; see ${join(logs, 'supervisor.log')}`,
          metadata: {},
        },
      }),
    ),
  ]);
  if (message.kind === 'ready') return new PlatformProcess(message.url, child);
  const { kind, reason, message: text, metadata } = message.error;
  throw new DomainError(kind, reason, text, { metadata });
}

async function openOutput(logs: string): Promise<FileHandle> {
  await mkdir(logs, { recursive: true });
  return open(join(logs, 'supervisor.log'), 'a', 0o600);
}

/** `natsProgram` is the option `--nats-program`. */
function argument(name: string, value: string | number | boolean | undefined): string[] {
  if (value === undefined || value === false) return [];
  const option = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return value === true ? [option] : [option, String(value)];
}
