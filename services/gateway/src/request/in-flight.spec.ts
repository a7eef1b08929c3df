import { describe, expect, it } from 'vitest';
import { InFlight } from './in-flight.js';

const staying = { signal: new AbortController().signal };

describe('requests in flight', () => {
  it('are refused above the limit, and let in again when one ends', () => {
    const inFlight = new InFlight({ maxRequests: 2 });
    const leave = inFlight.enter();
    inFlight.enter();
    expect(() => inFlight.enter()).toThrow(expect.objectContaining({ reason: 'GATEWAY_BUSY' }) as Error);
    leave();
    leave(); // a second call has no effect
    inFlight.enter();
    expect(() => inFlight.enter()).toThrow(expect.objectContaining({ reason: 'GATEWAY_BUSY' }) as Error);
  });
  it('of one team leave room for another', async () => {
    const inFlight = new InFlight({ maxRequests: 4 });
    const gone = { signal: AbortSignal.abort() }; // hears the refusal at once
    const enter = async (team: string): Promise<boolean> => {
      try {
        await inFlight.enterFor(team, gone);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ kind: 'exhausted', reason: 'TEAM_BUSY' });
        return false;
      }
    };
    let entered = 0;
    while (await enter('a')) entered++;
    expect(entered).toBeLessThan(4);
    expect(await enter('b')).toBe(true);
  });
  it('cost a caller that does not wait no signal', async () => {
    const inFlight = new InFlight({ maxRequests: 4 });
    const caller = {
      timeoutMs: 1000,
      get signal(): AbortSignal {
        throw new Error('the signal was read');
      },
    };
    await inFlight.enterFor('a', caller);
    await inFlight.takeTurn('a', caller);
  });
  it('wait for their turn no longer than their deadline', async () => {
    const inFlight = new InFlight({ maxRequests: 1000 });
    const turns: (() => void)[] = [];
    const take = async (timeoutMs: number): Promise<void> => {
      turns.push(await inFlight.takeTurn('a', { ...staying, timeoutMs }));
    };
    await expect(
      (async () => {
        for (;;) await take(20);
      })(),
    ).rejects.toMatchObject({ kind: 'timeout', reason: 'DEADLINE_EXCEEDED' });
    const next = take(10_000);
    turns[0]!();
    await next;
  });
  it('are waited for by a drain, which lets nothing more in', async () => {
    const inFlight = new InFlight({ maxRequests: 4 });
    const leave = inFlight.enter();
    inFlight.startDrain();
    inFlight.enter()();
    let drained = false;
    const closing = inFlight.close(60_000).then(() => {
      drained = true;
    });
    expect(inFlight.draining.aborted).toBe(true);
    expect(() => inFlight.enter()).toThrow(expect.objectContaining({ reason: 'SHUTTING_DOWN' }) as Error);
    await Promise.resolve();
    expect(drained).toBe(false);
    leave();
    await closing;
  });
});
