import { DomainError, plainText } from '@noema/kernel';
import { outputExceeded } from '../integration/integration.errors.js';
import { checkedMessage, checkedResult, toFault } from './answer.checks.js';
import { MAX_HEADER_BYTES, MAX_OUTPUT_BYTES } from './answer.limits.js';
import { answerInvalid, type Frame, FrameReader, writeFrame } from './frame.js';
import type { Launched } from './isolation.js';
import { ProcessWatch } from './process.watch.js';
import {
  PROTOCOL_VERSION,
  type ReadyMessage,
  type RunnerMethod,
  type RunnerMethods,
  type RunnerRequest,
} from './runner.protocol.js';
import { sandboxEnds } from './sandbox.metrics.js';

const OUTPUT_KEPT = 8_000;
const LAST_WORDS_MS = 500;

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Longest silence before the handler is taken to hang. */
  readonly stallMs: number;
  /** Numbers that the request carries next to its JSON. */
  readonly body?: readonly Uint8Array[];
  /** Maximum number of bytes in the body that follows the JSON of the answer. */
  readonly bodyBytes?: number;
  /** Rows done so far; it only grows. */
  readonly progress?: (done: number) => void;
}

/** An answer that was checked, and the bytes that came with it, which were not. */
export interface Answer<M extends RunnerMethod> {
  readonly result: RunnerMethods[M]['result'];
  readonly body: Buffer;
}

/**
 * A process of its own for user code: killed when it hangs, goes beyond its bounds, says what it must not, or
 * is not needed any more.
 */
export class UserProcess {
  private output = '';
  private written = 0;
  private ended: DomainError | undefined;
  private bodyBytes = 0;
  private readonly watch: ProcessWatch | undefined;
  /** Takes messages while a call waits for them. */
  private hear: ((frame: Frame) => void) | undefined;
  /** Ends the call that waits. */
  private fail: ((error: unknown) => void) | undefined;
  private ready = false;
  /** Goes on with the call that waits for the process. */
  private begin: (() => void) | undefined;

  /** `gone` is called once, when the process is known to have ended. */
  constructor(
    private readonly launched: Launched,
    gone: () => void = () => undefined,
  ) {
    const { child, channel, bounds } = launched;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.wrote(chunk);
      });
    const frames = new FrameReader(
      () => ({ headerBytes: MAX_HEADER_BYTES, bodyBytes: this.bodyBytes }),
      (frame) => {
        if (!this.ready) return this.said(frame);
        if (this.hear === undefined) throw answerInvalid('a message without a request');
        this.hear(frame);
      },
    );
    channel.on('data', (chunk: Buffer) => {
      if (this.ended !== undefined) return;
      try {
        frames.push(chunk);
      } catch (error) {
        this.end(error instanceof DomainError ? error : answerInvalid('what cannot be read'));
      }
    });
    channel.on('error', () => undefined);
    let over = false;
    const leave = (): void => {
      if (!over) gone();
      over = true;
    };
    child.once('exit', leave).once('error', leave);
    child.on('error', (error: Error) => {
      this.end(this.crashed(error.message));
    });
    child.on('exit', (code: number | null, by: NodeJS.Signals | null) => {
      const end = (): void => {
        this.end(this.crashed(by === null ? formatExit(code) : `signal ${by}`));
      };
      child.on('close', end); // what it wrote last is still on its way
      setTimeout(end, LAST_WORDS_MS).unref();
    });
    if (bounds !== undefined && child.pid !== undefined)
      this.watch = new ProcessWatch(child.pid, bounds, (error) => {
        this.end(error);
      });
  }

  get alive(): boolean {
    return (
      this.ended === undefined &&
      this.launched.child.exitCode === null &&
      this.launched.child.signalCode === null
    );
  }

  /**
   * Asks for one thing; ask again only when it is answered. An abort kills the process. Throws the fault of
   * the integration; `unavailable` INTEGRATION_CRASHED when its process ends; `timeout` INTEGRATION_STALLED
   * when it is silent too long; `precondition` INTEGRATION_{MEMORY,CPU,PROCESSES,OUTPUT}_EXCEEDED; `invalid`
   * INTEGRATION_ANSWER_INVALID.
   */
  async call<M extends RunnerMethod>(
    method: M,
    given: Omit<RunnerMethods[M]['params'], 'modulePath'>,
    { signal, stallMs, body = [], bodyBytes = 0, progress }: CallOptions,
  ): Promise<Answer<M>> {
    signal.throwIfAborted();
    if (this.ended !== undefined) throw this.ended;
    [this.written, this.bodyBytes] = [0, bodyBytes];
    this.watch?.restart();
    const stall = setTimeout(() => {
      this.end(stalled(stallMs));
    }, stallMs);
    const abort = (): void => {
      this.fail?.(signal.reason);
      this.kill();
    };
    signal.addEventListener('abort', abort);
    let done = 0;
    try {
      return await new Promise((resolve, reject) => {
        this.fail = reject;
        this.hear = ({ header, body }) => {
          const message = checkedMessage(header);
          if (message.kind === 'result')
            return resolve({ result: checkedResult(method, message.result), body });
          if (message.kind === 'fault') return reject(toFault(message.fault));
          if (progress === undefined || message.done <= done)
            throw answerInvalid('progress that does not grow');
          stall.refresh();
          progress((done = message.done));
        };
        const params = { ...given, modulePath: this.launched.modulePath } as RunnerMethods[M]['params'];
        this.begin = () => {
          writeFrame(this.launched.channel, { method, params } satisfies RunnerRequest<M>, body);
        };
        if (this.ready) this.begin();
      });
    } finally {
      clearTimeout(stall);
      signal.removeEventListener('abort', abort);
      [this.hear, this.fail, this.begin, this.bodyBytes] = [undefined, undefined, undefined, 0];
    }
  }

  kill(): void {
    this.end(this.crashed('it was stopped'), { asked: true });
  }

  private end(error: DomainError, { asked = false } = {}): void {
    if (this.ended !== undefined) return;
    if (!asked) sandboxEnds.inc({ reason: error.reason });
    this.ended = error;
    this.watch?.stop();
    this.launched.child.kill('SIGKILL');
    this.launched.channel.destroy();
    this.fail?.(error);
  }

  /**
   * The first message: before it a sandbox may not yet end with us, and one that outlives us would go on with
   * what it was asked.
   */
  private said({ header }: Frame): void {
    const { kind, protocol } = (header ?? {}) as Partial<ReadyMessage>;
    if (kind !== 'ready') throw answerInvalid('a message before the one that says that it is ready');
    if (protocol !== PROTOCOL_VERSION) throw protocolUnsupported(protocol);
    this.ready = true;
    // A process that was killed while it started is asked nothing.
    if (this.alive) this.begin?.();
  }

  private wrote(chunk: Buffer): void {
    this.written += chunk.length;
    if (this.written > MAX_OUTPUT_BYTES) return this.end(outputExceeded(MAX_OUTPUT_BYTES));
    this.output = (this.output + chunk.toString('utf8', Math.max(0, chunk.length - OUTPUT_KEPT))).slice(
      -OUTPUT_KEPT,
    );
  }

  private crashed(how: string): DomainError {
    const said = plainText(this.output)
      .split('\n')
      .filter((line) => line.trim() !== '' && this.launched.noise?.test(line) !== true)
      .slice(-3)
      .join('\n');
    return new DomainError(
      'unavailable',
      'INTEGRATION_CRASHED',
      `the process of the integration ended by itself (${how}); look for process.exit, a native module ` +
        `that fails, or too little memory${said === '' ? '' : `. It wrote last: ${said}`}`,
    );
  }
}

/** A sandbox reports a signal as 128 + its number. The exit of a deleted pod is unknown. */
const formatExit = (code: number | null): string =>
  code === null
    ? 'for an unknown reason'
    : code > 128 && code <= 128 + 64
      ? `signal ${code - 128}`
      : `exit code ${code}`;

const protocolUnsupported = (protocol: unknown): DomainError =>
  new DomainError(
    'precondition',
    'INTEGRATION_PROTOCOL_UNSUPPORTED',
    `the process of the integration speaks version ${String(protocol).slice(0, 20)} of the runner's protocol, ` +
      `and this service version ${PROTOCOL_VERSION}; give both the same release (NOEMA_POD_IMAGE names the ` +
      'image of pods)',
  );

const stalled = (stallMs: number): DomainError =>
  new DomainError(
    'timeout',
    'INTEGRATION_STALLED',
    `the integration gave no sign of life for ${stallMs / 1000} s and was stopped; look for an endless ` +
      'loop, or for a download that hangs',
  );
