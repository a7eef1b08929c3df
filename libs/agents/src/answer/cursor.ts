import { createHash } from 'node:crypto';
import { DomainError } from '@noema/kernel';
import type { Position } from './answer.js';

/** The call that a cursor continues. */
export interface CursorScope {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Writes a position as text. All that a server needs is in it, so that any replica can continue. */
export const encodeCursor = (scope: CursorScope, { token, skip, source }: Position): string =>
  Buffer.from(JSON.stringify([digest(scope), skip, token, shorten(source)])).toString('base64url');

/** Reads the position of a cursor; the start without one. Throws `invalid` CURSOR_INVALID. */
export function decodeCursor(scope: CursorScope, cursor: string | undefined): Position {
  if (cursor === undefined) return { token: '', skip: 0, source: '' };
  const [scopeDigest, skip, token, source] = parse(cursor);
  if (
    scopeDigest !== digest(scope) ||
    typeof token !== 'string' ||
    typeof source !== 'string' ||
    !Number.isSafeInteger(skip) ||
    (skip as number) < 0
  )
    throw new DomainError(
      'invalid',
      'CURSOR_INVALID',
      'the cursor does not belong to these arguments; repeat the arguments of the answer that returned ' +
        'it, or leave it out to start again',
    );
  return { token, skip: skip as number, source };
}

/** Throws `precondition` CURSOR_OUTDATED for a cursor whose list came from another run, epoch or page. */
export function checkSource(cursor: string | undefined, { source }: Position, now: string): void {
  if (cursor === undefined || source === shorten(now)) return;
  throw new DomainError(
    'precondition',
    'CURSOR_OUTDATED',
    'the list now comes from another run or epoch than the answer with this cursor; leave out the cursor to ' +
      'start again, and name the run by its id and the epoch by its number',
  );
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

const digest = ({ tool, input: { cursor: _, ...input } }: CursorScope): string =>
  shorten(JSON.stringify([tool, Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1))]));

const shorten = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 12);
