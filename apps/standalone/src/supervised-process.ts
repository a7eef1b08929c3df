import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { serverCommand } from '@noema/local-servers';
import type { LogFile } from './log-file.js';

export interface ProcessSpec {
  readonly name: string;
  /** The program to run: a compiled module of ours, or the program of a server. */
  readonly run: { readonly module: string } | { readonly program: string; readonly args: readonly string[] };
  readonly env: Readonly<Record<string, string>>;
  readonly log: LogFile;
  /** Lets the module load only after `go`: at first, and again after it was at work and ended with code 0. */
  readonly waits?: boolean;
  /** Called whenever the process has started, died or given up. */
  readonly onChange: () => void;
}

export type ProcessState = 'running' | 'restarting' | 'crash-loop' | 'stopped';

const GUARD = new URL('./parent-guard.js', import.meta.url).href;
const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;
const STEADY_MS = 30_000;
const CRASH_LOOP = 5;

/**
 * A child process that is started again when it dies: after 0.2 s, twice as long each time up to 10 s, from
 * the start again once it ran for 30 s. One that was at work and ends with code 0, as a worker does that is
 * idle or gives back its memory, has not failed and is started anew at once.
 */
export class SupervisedProcess {
  state: ProcessState = 'stopped';
  /** Times that it has failed. */
  restarts = 0;
  /**
   * Whether the module that `runProcess` runs has said that it is at work; never for the program of a server.
   */
  isAtWork = false;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  /** Whether a module that waits may load; it still may when it is started again because it crashed. */
  private mayLoad = false;
  private arrived: () => void = () => undefined;
  /** Resolves when a module that `runProcess` runs says that it is at work, or has died. */
  atWork: Promise<void> = Promise.resolve();
  /** Called when a module waits again after it was at work. */
  onRest: () => void = () => undefined;

  constructor(readonly spec: ProcessSpec) {}

  get name(): string {
    return this.spec.name;
  }
  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { log, name } = this.spec;
    const startedMs = performance.now();
    const child = launch({ ...this.spec, waits: this.spec.waits === true && !this.mayLoad });
    this.child = child;
    this.state = 'running';
    this.isAtWork = false;
    this.atWork = new Promise((resolve) => {
      this.arrived = resolve;
    });
    child.once('message', () => {
      this.isAtWork = true;
      this.arrived();
    });
    child.once('exit', (code, signal) => {
      this.arrived();
      this.onExit(code, signal, performance.now() - startedMs);
    });
    child.once('error', (error) => {
      log.event('error', `${name} could not be started`, { error: error.message });
    });
    log.event('info', `${name} started`, { pid: child.pid });
    this.spec.onChange();
  }

  /** Lets a module load that waits, and returns when it is at work or has died. */
  go(): Promise<void> {
    this.mayLoad = true;
    if (this.child?.connected === true) this.child.send('go', () => undefined);
    return this.atWork;
  }

  /** Asks the process to end (SIGTERM), and kills it when it has not after the grace time. */
  async stop(graceMs: number): Promise<void> {
    clearTimeout(this.timer);
    const { child } = this;
    this.state = 'stopped';
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    child.kill('SIGCONT'); // one that was stopped hears no SIGTERM
    const kill = setTimeout(() => {
      this.spec.log.event('warn', `${this.name} did not end within ${graceMs} ms and is killed`);
      child.kill('SIGKILL');
    }, graceMs);
    await ended;
    clearTimeout(kill);
  }

  private onExit(code: number | null, signal: NodeJS.Signals | null, livedMs: number): void {
    const { log, onChange } = this.spec;
    if (this.state === 'stopped') {
      log.event('info', `${this.name} ended`, { code, signal });
      return;
    }
    if (code === 0 && this.isAtWork) {
      log.event('info', `${this.name} ended and is started anew`, { code });
      this.mayLoad = false;
      this.start();
      if (this.spec.waits === true) this.onRest();
      return;
    }
    this.failures = livedMs > STEADY_MS ? 1 : this.failures + 1;
    this.restarts++;
    this.state = this.failures >= CRASH_LOOP ? 'crash-loop' : 'restarting';
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (this.failures - 1), LONGEST_DELAY_MS);
    log.event('error', `${this.name} died and is started again in ${delayMs} ms`, {
      code,
      signal,
      failures: this.failures,
      state: this.state,
    });
    this.timer = setTimeout(() => {
      this.start();
    }, delayMs);
    onChange();
  }
}

/**
 * In a process group of its own: Ctrl-C reaches the supervisor alone, which then ends the others in order.
 * Without a supervisor neither kind lives on.
 */
function launch({ run, env, log, waits }: ProcessSpec): ChildProcess {
  if ('module' in run)
    return fork(run.module, [], {
      env: { ...env },
      execArgv: ['--enable-source-maps', '--import', waits === true ? `${GUARD}?wait` : GUARD],
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
    });
  const [program, args] = serverCommand(run);
  return spawn(program, args, { env: { ...env }, stdio: ['ignore', log.fd, log.fd], detached: true });
}
