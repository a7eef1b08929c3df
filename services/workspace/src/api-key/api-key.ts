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
  readonly createTime: Date;
  readonly expireTime: Date | undefined;
  readonly lastUseTime: Date | undefined;
  readonly revokeTime: Date | undefined;
}

/** True while the key may be exchanged. */
export const isUsable = (key: ApiKey, now: Date): boolean =>
  key.revokeTime === undefined && (key.expireTime === undefined || key.expireTime > now);

const MINUTE_MS = 60_000;

/** True when the last use is worth writing down: it is kept to the minute. */
export const isNewUse = (key: ApiKey, now: Date): boolean =>
  key.lastUseTime === undefined || now.getTime() - key.lastUseTime.getTime() >= MINUTE_MS;
