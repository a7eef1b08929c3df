import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Isolation, Launched, LaunchOrder } from './isolation.js';
import { CHANNEL_FD } from './runner.protocol.js';

/** Where the process of user code begins. */
export const ENTRY = fileURLToPath(new URL('./integration.process.js', import.meta.url));
/** Flags of node for every process of user code. */
export const NODE_FLAGS = ['--enable-source-maps', '--stack-trace-limit=50'];

/**
 * No isolation: a child process without our environment that may do all that we may. Only for trusted code.
 */
export class TrustedIsolation implements Isolation {
  readonly name = 'none';

  require(): Promise<void> {
    return Promise.resolve();
  }

  launch({ code }: LaunchOrder): Promise<Launched> {
    const child = spawn(process.execPath, [...NODE_FLAGS, ENTRY], {
      env: {},
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    return Promise.resolve({
      child,
      channel: child.stdio[CHANNEL_FD] as Duplex,
      modulePath: code.kind === 'module' ? code.path : join(code.directory, code.entry),
    });
  }
}
