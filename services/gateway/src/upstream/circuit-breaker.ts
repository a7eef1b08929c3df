import { serviceUnavailable } from './upstream.errors.js';

export interface CircuitBreakerOptions {
  readonly service: string;
  /** Number of consecutive faults after which calls are rejected. */
  readonly faults?: number;
  /** Time for which calls are rejected before one is tried. */
  readonly openMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Rejects calls to a service that failed to respond several times in a row, so that callers do not wait for their
 * deadlines.
 */
export class CircuitBreaker {
  private inARow = 0;
  private closedAgainMs = 0;

  constructor(private readonly options: CircuitBreakerOptions) {}

  /** True unless the last call failed. */
  get answers(): boolean {
    return this.inARow === 0;
  }

  /**
   * Throws `unavailable` SERVICE_AWAY while the circuit is open; one call per period is tried.
   */
  enter(): void {
    const { faults = 5, openMs = 2000, nowMs = () => performance.now(), service } = this.options;
    if (this.inARow < faults) return;
    const now = nowMs();
    if (now < this.closedAgainMs) throw serviceUnavailable(service, openMs);
    this.closedAgainMs = now + openMs;
  }

  answered(): void {
    this.inARow = 0;
  }

  notAnswered(): void {
    const { faults = 5, openMs = 2000, nowMs = () => performance.now() } = this.options;
    if (++this.inARow === faults) this.closedAgainMs = nowMs() + openMs;
  }
}
