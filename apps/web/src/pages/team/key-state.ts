import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { ApiKey } from '@noema/contracts/noema/workspace/v1/api_key';

/** State of a key. */
export type KeyState = 'active' | 'expired' | 'revoked';

/** A revoked key stays revoked, whenever it would have ended. */
export function keyState(
  { revokeTime, expireTime }: Pick<ApiKey, 'revokeTime' | 'expireTime'>,
  nowMs: number,
): KeyState {
  if (revokeTime !== undefined) return 'revoked';
  return expireTime !== undefined && timestampMs(expireTime) <= nowMs ? 'expired' : 'active';
}

/** The lives that a new key may be given, in days. */
export const KEY_LIVES = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'a year' },
  { value: 'never', label: 'until it is revoked' },
] as const;

/** When a key of such a life ends, in milliseconds since 1970; `undefined` for never. */
export const endOfLife = (life: string, nowMs: number): number | undefined =>
  life === 'never' ? undefined : nowMs + Number(life) * 86_400_000;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long a key has left: `in 3 hours`, `tomorrow`, `in 90 days`. */
export const untilEnd = (endMs: number, nowMs: number): string =>
  endMs - nowMs < 86_400_000
    ? relative.format(Math.max(0, Math.ceil((endMs - nowMs) / 3_600_000)), 'hour')
    : relative.format(Math.round((endMs - nowMs) / 86_400_000), 'day');
