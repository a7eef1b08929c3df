import { describe, expect, it } from 'vitest';
import { Reachability } from './reachability.js';

const AWAY = { reason: 'GATEWAY_UNREACHABLE' };

/** A platform whose probe fails so often, and what was seen of it. */
function platform(fails: number) {
  const seen = { pauses: [] as number[], back: 0, changes: [] as boolean[] };
  const reachability: Reachability = new Reachability({
    probe: () => (seen.pauses.length > fails ? Promise.resolve() : Promise.reject(new Error('away'))),
    onBack: () => {
      seen.back++;
    },
    pause: (ms) => {
      seen.pauses.push(ms);
      return Promise.resolve();
    },
  });
  reachability.subscribe(() => seen.changes.push(reachability.away()));
  return { reachability, seen };
}

const settled = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('Reachability', () => {
  it('notices two failures in a row and asks, ever more rarely, until there is an answer', async () => {
    const { reachability, seen } = platform(6);
    reachability.failed(AWAY);
    expect(reachability.away()).toBe(false);
    reachability.failed(AWAY);
    expect(reachability.away()).toBe(true);
    reachability.failed(AWAY);
    await settled();
    expect(seen).toEqual({
      pauses: [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000],
      back: 1,
      changes: [true, false],
    });
  });

  it('takes one failure between answers for a hiccup, and what a service says for an answer', async () => {
    const { reachability, seen } = platform(0);
    reachability.failed(AWAY);
    reachability.answered();
    reachability.failed(AWAY);
    reachability.failed({ reason: 'PROJECT_NOT_FOUND' });
    reachability.failed(AWAY);
    await settled();
    expect(seen.changes).toEqual([]);
  });
});
