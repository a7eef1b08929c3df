import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { type DomainError, RejectionDelays, Reservations, FairSemaphore } from '@noema/kernel';
import type { GatewayConfig } from '../config.js';
import { gatewayBusy, shuttingDown, teamBusy, waitedTooLong } from './request.errors.js';

/** Maximum number of concurrent requests at the services, without streams. */
const AT_ONCE = 64;

/** A caller. Its signal aborts when it disconnects, and is read only if it has to wait: reading may create it. */
export interface Caller {
  readonly signal: AbortSignal;
}

/**
 * Counts the requests in flight: rejects requests above a limit, lets no team take all places, and ends a drain.
 */
@Injectable()
export class InFlight {
  private readonly limit: number;
  private count = 0;
  /** Number of them whose rejection is delayed. */
  private refusing = 0;
  private idle: (() => void) | undefined;
  private readonly drain = new AbortController();
  private closed = false;
  private readonly shares: Reservations;
  private readonly turns = new FairSemaphore(AT_ONCE);
  private readonly rejections = new RejectionDelays();

  constructor(@Inject(SETTINGS) { maxRequests }: Pick<GatewayConfig, 'maxRequests'>) {
    this.limit = maxRequests;
    this.shares = new Reservations(maxRequests);
  }

  /** Aborts when the drain starts: streams break off then, and resume elsewhere. */
  get draining(): AbortSignal {
    return this.drain.signal;
  }

  /**
   * Admits a request and returns the function that ends it. Throws `exhausted` GATEWAY_BUSY, or `unavailable`
   * SHUTTING_DOWN.
   */
  enter(): () => void {
    if (this.closed) throw shuttingDown();
    if (this.count - this.refusing >= this.limit) throw gatewayBusy(this.limit);
    this.count++;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.count === 0) this.idle?.();
    };
  }

  /**
   * Takes one of the team's places and returns the function that frees it. Throws `exhausted` TEAM_BUSY.
   */
  async enterFor(teamId: string, caller: Caller): Promise<() => void> {
    return this.shares.take(teamId) ?? this.refuse(teamId, teamBusy(), caller);
  }

  /**
   * Throws the error after a delay; at once if too many wait, the caller disconnects or the drain starts. A rejected
   * request takes no place.
   */
  async refuse(teamId: string, refusal: DomainError, { signal }: Caller): Promise<never> {
    if (this.refusing >= this.limit) throw refusal;
    this.refusing++;
    try {
      return await this.rejections.refuse(teamId, refusal, {
        signal: AbortSignal.any([signal, this.drain.signal]),
      });
    } finally {
      this.refusing--;
    }
  }

  /**
   * Waits for the team's turn at the services and returns the function that ends it. Throws `timeout`
   * DEADLINE_EXCEEDED, or the reason of the signal.
   */
  async takeTurn(teamId: string, caller: Caller & { readonly timeoutMs: number }): Promise<() => void> {
    const now = this.turns.takeNow(teamId);
    if (now !== undefined) return now;
    const { signal, timeoutMs } = caller;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(waitedTooLong(timeoutMs));
    }, timeoutMs);
    try {
      return await this.turns.take(teamId, AbortSignal.any([signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Starts the drain. Requests on connections that are open are still admitted. */
  startDrain(): void {
    this.drain.abort(shuttingDown());
  }

  /** Admits no further requests and waits for the running ones, at most `timeoutMs`. */
  async close(timeoutMs: number): Promise<void> {
    this.startDrain();
    this.closed = true;
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
