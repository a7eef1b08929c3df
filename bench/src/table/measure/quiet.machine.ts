import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { machineBusyTicks, TICKS_PER_SECOND } from '../../process.tree.js';

const LOOK_MS = 500;
/** Share of the processors that servers without work still use. */
const QUIET_SHARE = 0.12;
const LIMIT_MS = 10_000;

/**
 * Waits until the machine has nothing to do, at most 10 s: work that a turn leaves to its servers would count against
 * the next contestant.
 */
export async function waitForQuiet(): Promise<void> {
  if (process.platform !== 'linux') return;
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    const [busyBefore, from] = [machineBusyTicks(), performance.now()];
    await delay(LOOK_MS);
    const ticks = ((performance.now() - from) / 1000) * TICKS_PER_SECOND * cpus().length;
    if ((machineBusyTicks() - busyBefore) / ticks <= QUIET_SHARE) return;
  }
}
