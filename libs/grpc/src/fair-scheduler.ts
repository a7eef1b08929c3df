import type { Principal } from '@noema/auth';
import { DomainError, type RejectionDelays, Reservations, FairSemaphore } from '@noema/kernel';

/** Maximum number of running and waiting calls and streams of a server. One team alone gets half. */
const PLACES = 1000;
/** A team that uses all of its places is rejected only after this time, because a place may become free. */
const REFUSE_AFTER_MS = 1000;

/**
 * Shares a server among teams: their calls take turns, and no team takes every place. Calls of services do
 * not wait, because waiting services could deadlock.
 */
export class FairScheduler {
  private readonly places = new Reservations(PLACES);
  private readonly turns: FairSemaphore;

  constructor(
    atOnce: number,
    private readonly rejections: RejectionDelays,
  ) {
    this.turns = new FairSemaphore(atOnce);
  }

  /**
   * Resolves when the call may start (a stream at once) to the function that ends it. Throws `exhausted`
   * TEAM_BUSY after a delay, or the reason of the signal.
   */
  async enter(
    { teamId, role }: Principal,
    { stream, signal }: { readonly stream: boolean; readonly signal: AbortSignal },
  ): Promise<() => void> {
    if (role === 'service') return () => undefined;
    const giveBack = this.places.take(teamId);
    if (giveBack === undefined)
      return this.rejections.refuse(teamId, teamBusy(), { signal, atLeastMs: REFUSE_AFTER_MS });
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
