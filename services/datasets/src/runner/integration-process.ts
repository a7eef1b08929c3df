import { type ChildProcess, fork } from 'node:child_process';
import { DomainError, type ErrorKind } from '@noema/kernel';
import type { RunnerMessage, RunnerMethod, RunnerMethods, RunnerRequest } from './runner.protocol.js';

const OUTPUT_KEPT = 2_000;

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Longest silence before the handler is taken to hang. */
  readonly stallMs: number;
  readonly progress?: (done: number, total: number) => void;
}

/** A process of its own for user code: without our environment, killed when it hangs or is not needed any more. */
export class IntegrationProcess {
  private readonly child: ChildProcess;
  private output = '';

  constructor() {
    this.child = fork(new URL('./integration.process.js', import.meta.url), {
      env: {}, execArgv: ['--enable-source-maps', '--stack-trace-limit=50'], serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on('data', (chunk: Buffer) => { this.output = (this.output + chunk.toString()).slice(-OUTPUT_KEPT); });
  }

  get alive(): boolean {
    return this.child.connected && this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * Asks for one thing; ask again only when it is answered. An abort kills the process.
   * Throws the fault of the integration, `unavailable` INTEGRATION_CRASHED when its process ends, `timeout` INTEGRATION_STALLED when it is silent too long.
   */
  call<M extends RunnerMethod>(method: M, params: RunnerMethods[M]['params'], { signal, stallMs, progress }: CallOptions): Promise<RunnerMethods[M]['result']> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        clearTimeout(stall);
        signal.removeEventListener('abort', abort);
        this.child.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
        this.child.on('error', () => undefined);
        settle();
      };
      const abort = (): void => { this.kill(); end(() => { reject(signal.reason as Error); }); };
      const stall = setTimeout(() => {
        this.kill();
        end(() => { reject(stalled(stallMs)); });
      }, stallMs);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      this.child.on('error', (error) => { end(() => { reject(this.crashed(error.message)); }); });
      this.child.on('exit', (code, by) => { end(() => { reject(this.crashed(by === null ? `exit code ${String(code)}` : `signal ${by}`)); }); });
      this.child.on('message', (message: RunnerMessage) => {
        stall.refresh();
        if (message.kind === 'progress') progress?.(message.done, message.total);
        else if (message.kind === 'result') end(() => { resolve(message.result as RunnerMethods[M]['result']); });
        else end(() => { reject(new DomainError(message.fault.kind as ErrorKind, message.fault.reason, message.fault.message, { metadata: message.fault.metadata })); });
      });
      this.child.send({ method, params } satisfies RunnerRequest<M>);
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private crashed(how: string): DomainError {
    const said = this.output.trim();
    return new DomainError('unavailable', 'INTEGRATION_CRASHED', `the process of the integration ended by itself (${how})${said === '' ? '' : `; it wrote last: ${said}`}`);
  }
}

const stalled = (stallMs: number): DomainError =>
  new DomainError('timeout', 'INTEGRATION_STALLED', `the integration gave no sign of life for ${stallMs / 1000} s and was stopped; look for an endless loop, or for a download that hangs`);
