import { serviceUnavailable } from './upstream.errors.js';

export interface CircuitBreakerOptions {
  readonly service: string;
  /** Faults in a row after which calls are refused. */
  readonly faults?: number;
  /** How long they are refused before one is let through to try. */
  readonly openMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Refuses calls to a service that did not answer several times in a row, so that callers do not wait for
 * their deadlines.
 */
export class CircuitBreaker {
  private inARow = 0;
  private closedAgainMs = 0;

  constructor(private readonly options: CircuitBreakerOptions) {}

  /**
   * Throws `unavailable` SERVICE_AWAY while the service is thought to be away; lets one call a period
   * through.
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
