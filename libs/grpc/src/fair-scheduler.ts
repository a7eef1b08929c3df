import type { Principal } from '@noema/auth';
import { DomainError, type Refusals, Reservations, FairSemaphore } from '@noema/kernel';

/** Calls and streams that a server has under way or waiting; one team alone gets half. */
const PLACES = 1000;
/** A team that has all of its places taken is refused no sooner: so long it takes until there may be one. */
const REFUSE_AFTER_MS = 1000;

/**
 * Shares a server among teams: their calls take turns, and none takes every place. Services among themselves
 * do not wait, or they would wait for each other.
 */
export class FairScheduler {
  private readonly places = new Reservations(PLACES);
  private readonly turns: FairSemaphore;

  constructor(
    atOnce: number,
    private readonly refusals: Refusals,
  ) {
    this.turns = new FairSemaphore(atOnce);
  }

  /**
   * Resolves when the call may begin, a stream at once, to what ends it. Throws `exhausted` TEAM_BUSY, in its
   * time, or the reason of the signal.
   */
  async enter(
    { teamId, role }: Principal,
    { stream, signal }: { readonly stream: boolean; readonly signal: AbortSignal },
  ): Promise<() => void> {
    if (role === 'service') return () => undefined;
    const giveBack = this.places.take(teamId);
    if (giveBack === undefined)
      return this.refusals.refuse(teamId, teamBusy(), { signal, atLeastMs: REFUSE_AFTER_MS });
    if (stream) return giveBack;
    try {
      const end = await this.turns.take(teamId, signal);
      return () => {
        end();
        giveBack();
      };
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}

const teamBusy = (): DomainError =>
  new DomainError(
    'exhausted',
    'TEAM_BUSY',
    'too many calls and streams of this team are under way already; wait for some to end, and call with ' +
      'fewer at the same time',
    { metadata: { retry_after_seconds: '1' } },
  );
