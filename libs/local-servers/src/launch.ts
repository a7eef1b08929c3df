import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import type { ServerSpec } from './server-spec.js';

const OUTPUT_KEPT = 4_000;

/** A server that runs as a child of ours. */
export interface RunningServer {
  readonly pid: number;
  /** Ends it: SIGTERM by default; resolves when it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Program and arguments that run the server; where util-linux' `setpriv` exists it is killed when the process
 * that started it has ended.
 */
export function serverCommand({
  program,
  args,
}: Pick<ServerSpec, 'program' | 'args'>): readonly [string, readonly string[]] {
  return diesWithUs() ? ['setpriv', ['--pdeathsig=KILL', program, ...args]] : [program, args];
}

/**
 * Starts the server and waits until it serves. Where util-linux' `setpriv` exists it dies with us. Throws
 * `unavailable` SERVER_NOT_READY with its last words.
 */
export async function launchServer(spec: ServerSpec, timeoutMs = 30_000): Promise<RunningServer> {
  const [program, args] = serverCommand(spec);
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_KEPT);
    });
  child.once('error', (error) => {
    output += error.message;
  });
  const end = performance.now() + timeoutMs;
  while (!(await spec.ready())) {
    if (performance.now() > end || hasEnded(child)) {
      child.kill('SIGKILL');
      throw new DomainError(
        'unavailable',
        'SERVER_NOT_READY',
        `${spec.name} did not serve within ${timeoutMs} ms; it wrote last: ${output}`,
      );
    }
    await delay(20);
  }
  return { pid: child.pid!, stop: (signal = 'SIGTERM') => stop(child, signal) };
}

function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) return resolve();
    child.once('exit', () => {
      resolve();
    });
    child.kill(signal);
  });
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

let setpriv: boolean | undefined;
const diesWithUs = (): boolean =>
  (setpriv ??= spawnSync('setpriv', ['--help']).stdout?.includes('--pdeathsig') ?? false);
