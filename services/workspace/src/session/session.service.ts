import { Inject, Injectable } from '@nestjs/common';
import { isUuid, type Port, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { Actor } from '../member/actor.js';
import { sessionEnded, sessionIdInvalid } from './session.errors.js';
import { SessionRepository } from './session.repository.js';

/** No session of a gateway lasts longer than 30 days. */
const KEPT_MS = 31 * 24 * 3600 * 1000;

/** Ends sessions of browsers, and refuses ended sessions. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(SessionRepository) private readonly ended: Port<SessionRepository>,
  ) {}

  /** Throws `invalid` SESSION_ID_INVALID. */
  async end(actor: Actor, sessionId: string): Promise<void> {
    checkId(sessionId);
    const now = new Date();
    await this.unitOfWork.run(actor.teamId, () =>
      this.ended.insert(sessionId, now, new Date(now.getTime() - KEPT_MS)),
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
