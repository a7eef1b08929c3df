import { FairSemaphore } from '@noema/kernel';
import { checksBusy } from './integration.errors.js';

export interface CheckTurnsOptions {
  /** How many run user code at the same time. */
  readonly atOnce: number;
  /** How long one waits for its turn, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Lets few requests at a time run user code in the API; teams take turns, and one team never holds all
 * places.
 */
export class CheckTurns {
  private readonly turns: FairSemaphore;

  constructor(private readonly options: CheckTurnsOptions) {
    this.turns = new FairSemaphore(options.atOnce);
  }

  /** Throws `exhausted` CHECKS_BUSY when the turn does not come in time. */
  async run<T>(teamId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const leave = await this.take(teamId, signal);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  private async take(teamId: string, signal: AbortSignal): Promise<() => void> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(checksBusy(this.options));
    }, this.options.waitMs);
    try {
      return await this.turns.take(teamId, AbortSignal.any([signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }
}
