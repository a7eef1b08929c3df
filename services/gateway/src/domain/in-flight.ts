import { gatewayBusy, shuttingDown } from './gateway.errors.js';

/** Counts the requests being answered: refuses more than a limit, and knows when a drain is over. */
export class InFlight {
  private count = 0;
  private idle: (() => void) | undefined;
  private readonly drain = new AbortController();

  constructor(private readonly limit: number) {}

  /** Aborts when the drain begins: streams break off then, and go on elsewhere. */
  get draining(): AbortSignal {
    return this.drain.signal;
  }

  /** Returns what to call when the request is answered. Throws `exhausted` GATEWAY_BUSY, or `unavailable` SHUTTING_DOWN. */
  enter(): () => void {
    if (this.drain.signal.aborted) throw shuttingDown();
    if (this.count >= this.limit) throw gatewayBusy(this.limit);
    this.count++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.count === 0) this.idle?.();
    };
  }

  /** Lets nothing more in and waits for what is inside, at most `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.drain.abort(shuttingDown());
    if (this.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
