import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import { FairSemaphore } from '@noema/kernel';
import type { DatasetsConfig } from '../config.js';
import { checksBusy } from './integration.errors.js';

/**
 * Lets few requests at a time run user code in the API; teams take turns, and one team never holds all
 * places.
 */
@Injectable()
export class CheckTurns {
  private readonly turns: FairSemaphore;

  constructor(
    @Inject(SETTINGS) private readonly settings: Pick<DatasetsConfig, 'checksAtOnce' | 'checkSeconds'>,
  ) {
    this.turns = new FairSemaphore(settings.checksAtOnce);
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
    const waitMs = this.settings.checkSeconds * 1000;
    const late = new AbortController();
    const timer = setTimeout(() => {
      late.abort(checksBusy(this.settings.checksAtOnce, waitMs));
    }, waitMs);
    try {
      return await this.turns.take(teamId, AbortSignal.any([signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }
}
