import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Isolation, Launched, LaunchOrder } from './isolation.js';
import { CHANNEL_FD } from './runner.protocol.js';
import { type Interpreters, RuntimePrograms, type RuntimeSpec } from './runtimes/runtime.js';

/**
 * No isolation: a child process without our environment that may do all that we may. Only for trusted code.
 */
export class TrustedIsolation implements Isolation {
  readonly name = 'none';
  private readonly programs: RuntimePrograms;

  constructor(interpreters: Interpreters = {}) {
    this.programs = new RuntimePrograms(interpreters);
  }

  async require(runtime: RuntimeSpec): Promise<void> {
    await this.programs.find(runtime);
  }

  async launch({ runtime, code, packages }: LaunchOrder): Promise<Launched> {
    const { file, env } = await this.programs.find(runtime);
    const child = spawn(file, await runtime.args(undefined, packages?.path), {
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    return {
      child,
      channel: child.stdio[CHANNEL_FD] as Duplex,
      modulePath: code.kind === 'module' ? code.path : join(code.directory, code.entry),
      noise: runtime.noise,
    };
  }
}
