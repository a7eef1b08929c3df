import type { DomainError } from '@noema/kernel/domain-error';

export interface ReachabilityOptions {
  /** Asks something cheap; resolves when Noema answers, whatever it says. */
  readonly probe: () => Promise<void>;
  /** Called when Noema answers again. */
  readonly onBack: () => void;
  /** Waits; replaced by tests. */
  readonly pause?: (ms: number) => Promise<void>;
}

/**
 * This number of failures in a row, with no answer in between, means that Noema is away: one may be a hiccup.
 */
const FAILURES = 2;
const LONGEST_PAUSE_MS = 10_000;
/** Reasons that mean that no service answered: from the gateway itself, or a proxy in front of it. */
const AWAY = new Set([
  'GATEWAY_UNREACHABLE',
  'STREAM_BROKEN',
  'SHUTTING_DOWN',
  'HTTP_502',
  'HTTP_503',
  'HTTP_504',
]);

/** Whether Noema answers at all: notices when it does not, asks until it does again. */
export class Reachability {
  private failures = 0;
  private gone = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly options: ReachabilityOptions) {}

  /** True while Noema does not answer. */
  readonly away = (): boolean => this.gone;

  /** Calls back at each change until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Something was answered. */
  answered(): void {
    this.failures = 0;
  }

  /** Something failed; what the service itself said is an answer. */
  failed({ reason }: Pick<DomainError, 'reason'>): void {
    if (!AWAY.has(reason)) {
      this.failures = 0;
      return;
    }
    if (++this.failures >= FAILURES && !this.gone) void this.waitForAnswer();
  }

  private async waitForAnswer(): Promise<void> {
    const { probe, onBack, pause = wait } = this.options;
    this.change(true);
    for (let ms = 1000; ; ms = Math.min(LONGEST_PAUSE_MS, ms * 2)) {
      await pause(ms);
      if (
        await probe().then(
          () => true,
          () => false,
        )
      )
        break;
    }
    this.failures = 0;
    this.change(false);
    onBack();
  }

  private change(gone: boolean): void {
    this.gone = gone;
    for (const listener of this.listeners) listener();
  }
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
