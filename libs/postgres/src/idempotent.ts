import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { DomainError } from '@noema/kernel';
import { sql } from 'kysely';
import type { AnyDatabase } from './database.js';

export interface Request {
  readonly teamId: string;
  /** Full name of the RPC. The same id may be used for different methods. */
  readonly method: string;
  /** Idempotency key chosen by the caller. Empty if the caller does not retry. */
  readonly requestId: string;
  /**
   * Text in pieces that must be equal when the id is used again, such as the canonical JSON of the request. Other
   * calls have their turn after every piece.
   */
  readonly text: () => Iterable<string>;
}

const MAX_LENGTH = 200;

/**
 * Runs a command once per request id, in the ambient or a new transaction of the team. A retry gets the JSON
 * response of the first call; a concurrent call waits for the first. Throws `exists` REQUEST_ID_REUSED if the
 * id was used with another body, `invalid` REQUEST_ID_INVALID for more than 200 characters.
 */
export async function idempotent<T>(db: AnyDatabase, request: Request, work: () => Promise<T>): Promise<T> {
  if (request.requestId === '') return db.run(request.teamId, work);
  const { teamId, method, requestId } = request;
  if (requestId.length > MAX_LENGTH) {
    const why = `has ${requestId.length} characters; give at most ${MAX_LENGTH}, such as a UUID`;
    throw new DomainError('invalid', 'REQUEST_ID_INVALID', `request_id ${why}`, {
      violations: [{ field: 'request_id', description: why }],
    });
  }
  const digest = await hashPieces(request.text());
  return db.run(teamId, async () => {
    const inserted = await sql`
      insert into request (team_id, method, request_id, digest) values (${teamId}, ${method}, ${requestId},
        ${digest})
      on conflict do nothing returning request_id`.execute(db.tx());
    if (inserted.rows.length > 0) {
      const response = await work();
      await sql`update request set response = ${JSON.stringify(response ?? null)}::jsonb where method =
        ${method} and request_id = ${requestId}`.execute(db.tx());
      return response;
    }
    const { rows } = await sql<{
      digest: string;
      response: T;
    }>`select digest, response from request where method = ${method} and request_id = ${requestId}`.execute(
      db.tx(),
    );
    const first = rows[0]!;
    if (first.digest !== digest) {
      const why = `was already used for ${method} with another body; use a new request_id for a new request`;
      throw new DomainError('exists', 'REQUEST_ID_REUSED', `request_id "${requestId}" ${why}`, {
        metadata: { request_id: requestId },
        violations: [{ field: 'request_id', description: why }],
      });
    }
    return first.response;
  });
}

async function hashPieces(pieces: Iterable<string>): Promise<string> {
  const hash = createHash('sha256');
  let isFirst = true;
  for (const piece of pieces) {
    if (!isFirst) await setImmediate();
    isFirst = false;
    hash.update(piece);
  }
  return hash.digest('hex');
}
