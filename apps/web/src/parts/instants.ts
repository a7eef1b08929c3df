import { type Timestamp, timestampMs } from '@bufbuild/protobuf/wkt';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/**
 * How long ago in words: `just now`, `40 s ago`, `5 min ago`, `yesterday`, `last month`; times ahead of the clock of
 * this machine count as now.
 */
export function ago(ms: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - ms) / 1_000);
  const step = STEPS.find(([, size]) => seconds >= size);
  return step === undefined
    ? seconds < 10
      ? 'just now'
      : `${Math.floor(seconds / 10) * 10} s ago`
    : relative.format(-Math.floor(seconds / step[1]), step[0]).replace(/minutes?/, 'min');
}

/** Date and time of day where the reader is. */
export const dateTime = (ms: number): string => absolute.format(ms);

/** Milliseconds since 1970 of a timestamp; undefined where it is not set. */
export const toMs = (time: Timestamp | undefined): number | undefined =>
  time === undefined ? undefined : timestampMs(time);

/**
 * Milliseconds from one timestamp to another, or to now while there is no end; undefined before the
 * beginning.
 */
export function msBetween(
  start: Timestamp | undefined,
  end: Timestamp | undefined,
  nowMs: number,
): number | undefined {
  const from = toMs(start);
  return from === undefined ? undefined : Math.max(0, (toMs(end) ?? nowMs) - from);
}
