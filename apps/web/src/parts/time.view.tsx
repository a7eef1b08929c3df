import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { useNow } from './clock.js';
import { ago, dateTime, msBetween, toMs } from './instants.js';
import { duration } from './numbers.js';

/** How long ago something was; date and time stand in its title. */
export function TimeView({ at }: { at: Timestamp | undefined }) {
  const nowMs = useNow(10_000);
  const ms = toMs(at);
  if (ms === undefined) return <span>–</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={dateTime(ms)} style={{ whiteSpace: 'nowrap' }}>
      {ago(ms, nowMs)}
    </time>
  );
}

/** How long something took, or takes so far. */
export function DurationView({ from, to }: { from: Timestamp | undefined; to: Timestamp | undefined }) {
  const nowMs = useNow(to === undefined ? 1_000 : 3_600_000);
  const ms = msBetween(from, to, nowMs);
  return <span style={{ whiteSpace: 'nowrap' }}>{ms === undefined ? '–' : duration(ms)}</span>;
}
