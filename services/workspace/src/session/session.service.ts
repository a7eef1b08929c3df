import { type Clock, isUuid, type UnitOfWork } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import { sessionEnded, sessionIdInvalid } from './session.errors.js';
import type { EndedSessions } from './session.ports.js';

/** No session of a gateway lasts longer than 30 days. */
const KEPT_MS = 31 * 24 * 3600 * 1000;

/** Ends sessions of browsers, and refuses those that have ended. */
export class Sessions {
  constructor(
    private readonly work: UnitOfWork,
    private readonly ended: EndedSessions,
    private readonly clock: Clock,
  ) {}

  /** Throws `invalid` SESSION_ID_INVALID. */
  async end(actor: Actor, sessionId: string): Promise<void> {
    checkId(sessionId);
    const now = this.clock.now();
    await this.work.run(actor.teamId, () =>
      this.ended.add(sessionId, now, new Date(now.getTime() - KEPT_MS)),
    );
  }

  /**
   * Passes within a transaction unless the session has ended; empty for no session. Throws `unauthenticated`
   * SESSION_INVALID.
   */
  async check(sessionId: string): Promise<void> {
    if (sessionId === '') return;
    checkId(sessionId);
    if (await this.ended.has(sessionId)) throw sessionEnded();
  }
}

function checkId(sessionId: string): void {
  if (!isUuid(sessionId)) throw sessionIdInvalid(sessionId);
}
