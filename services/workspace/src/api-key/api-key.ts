import type { MemberRole } from '../member/member.js';

/** A key that a program signs in with. */
export interface ApiKey {
  readonly id: string;
  readonly displayName: string;
  /** Who acts when it is used. */
  readonly memberId: string;
  readonly role: MemberRole;
  /** By which people recognise it and the platform finds it. */
  readonly prefix: string;
  readonly hash: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

/** True while the key may be exchanged. */
export const isUsable = (key: ApiKey, now: Date): boolean =>
  key.revokedAt === undefined && (key.expiresAt === undefined || key.expiresAt > now);

const MINUTE_MS = 60_000;

/** True when the last use is worth writing down: it is kept to the minute. */
export const isNewUse = (key: ApiKey, now: Date): boolean =>
  key.lastUsedAt === undefined || now.getTime() - key.lastUsedAt.getTime() >= MINUTE_MS;
