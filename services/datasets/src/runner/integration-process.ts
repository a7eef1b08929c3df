import { type ChildProcess, fork } from 'node:child_process';
import { DomainError, type ErrorKind } from '@noema/kernel';
import type { RunnerMessage, RunnerMethod, RunnerMethods, RunnerRequest } from './runner.protocol.js';

const OUTPUT_KEPT = 8_000;
/** Lines of what node writes when it ends that tell a reader nothing. */
const STACK = /^\s+at |^\s*\d+: |^-----|^<---|^Node\.js v/;

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
      this.child.on('message', (message: RunnerMessage | undefined) => {
        stall.refresh();
        if (!isRunnerMessage(message)) return; // user code may send what it likes
        if (message.kind === 'progress') progress?.(message.done, message.total);
        else if (message.kind === 'result') end(() => { resolve(message.result as RunnerMethods[M]['result']); });
        else end(() => { reject(new DomainError(message.fault.kind as ErrorKind, message.fault.reason, message.fault.message, { metadata: message.fault.metadata })); });
      });
      this.child.send({ method, params } satisfies RunnerRequest<M>, (error) => { if (error !== null) end(() => { reject(this.crashed(error.message)); }); });
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private crashed(how: string): DomainError {
    const said = this.output.split('\n').filter((line) => line.trim() !== '' && !STACK.test(line)).slice(-3).join('\n');
    return new DomainError('unavailable', 'INTEGRATION_CRASHED', `the process of the integration ended by itself (${how}); look for process.exit, a native module that fails, or too little memory${said === '' ? '' : `. It wrote last: ${said}`}`);
  }
}

const stalled = (stallMs: number): DomainError =>
  new DomainError('timeout', 'INTEGRATION_STALLED', `the integration gave no sign of life for ${stallMs / 1000} s and was stopped; look for an endless loop, or for a download that hangs`);

const isRunnerMessage = (message: RunnerMessage | undefined): message is RunnerMessage =>
  message?.kind === 'progress' || message?.kind === 'result' || (message?.kind === 'fault' && typeof (message.fault as unknown) === 'object');
