import { type DomainError, Refusals, Reservations, FairSemaphore } from '@noema/kernel';
import { gatewayBusy, shuttingDown, teamBusy, waitedTooLong } from './request.errors.js';

/** Requests that are with the services at the same time; streams are not among them. */
const AT_ONCE = 64;

/**
 * Counts the requests being answered: refuses more than a limit, lets no team take them all, and knows when a
 * drain is over.
 */
export class InFlight {
  private count = 0;
  /** Those of them that are refused and wait to hear it. */
  private refusing = 0;
  private idle: (() => void) | undefined;
  private readonly drain = new AbortController();
  private readonly shares: Reservations;
  private readonly turns = new FairSemaphore(AT_ONCE);
  private readonly refusals = new Refusals();

  constructor(private readonly limit: number) {
    this.shares = new Reservations(limit);
  }

  /** Aborts when the drain begins: streams break off then, and go on elsewhere. */
  get draining(): AbortSignal {
    return this.drain.signal;
  }

  /**
   * Returns what to call when the request is answered. Throws `exhausted` GATEWAY_BUSY, or `unavailable`
   * SHUTTING_DOWN.
   */
  enter(): () => void {
    if (this.drain.signal.aborted) throw shuttingDown();
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
   * Takes one of the team's places until the answer is complete; returns what gives it back. Throws
   * `exhausted` TEAM_BUSY.
   */
  async enterFor(teamId: string, signal: AbortSignal): Promise<() => void> {
    return this.shares.take(teamId) ?? this.refuse(teamId, teamBusy(), signal);
  }

  /**
   * Throws the refusal in its time, or at once when as many wait as may be inside, the caller leaves or the
   * drain begins. A refusal takes no place from others.
   */
  async refuse(teamId: string, refusal: DomainError, signal: AbortSignal): Promise<never> {
    if (this.refusing >= this.limit) throw refusal;
    this.refusing++;
    try {
      return await this.refusals.refuse(teamId, refusal, {
        signal: AbortSignal.any([signal, this.drain.signal]),
      });
    } finally {
      this.refusing--;
    }
  }

  /**
   * Waits until it is the team's turn to be with a service; returns what ends the turn. Throws `timeout`
   * DEADLINE_EXCEEDED, or the reason of the signal.
   */
  async turnOf(
    teamId: string,
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<() => void> {
    const now = this.turns.takeNow(teamId);
    if (now !== undefined) return now;
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
