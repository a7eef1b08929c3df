import { describe, expect, it } from 'vitest';
import { Reservations } from './reservations.js';
import { FairSemaphore } from './fair-semaphore.js';

const { signal } = new AbortController();
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('shares', () => {
  const greedy = (shares: Reservations, key: string): number => {
    let count = 0;
    while (shares.take(key) !== undefined) count++;
    return count;
  };
  it('leave room for whoever comes next', () => {
    const shares = new Reservations(60);
    expect([greedy(shares, 'a'), greedy(shares, 'b'), greedy(shares, 'c'), shares.hasRoom('d')]).toEqual([
      30,
      15,
      8,
      true,
    ]);
  });
  it('end when all is given away, and begin again when something comes back', () => {
    const shares = new Reservations(1);
    const back = shares.take('a')!;
    expect(shares.take('b')).toBeUndefined();
    back();
    back();
    expect([shares.take('b') !== undefined, shares.hasRoom('a')]).toEqual([true, false]);
  });
});

describe('RELIABILITY 27: turns, when one team floods', () => {
  it('come for the others after the work at hand, not after the flood', async () => {
    const turns = new FairSemaphore(4);
    const done: string[] = [];
    const ends: (() => void)[] = [];
    const ask = (key: string): void => {
      void turns.take(key, signal).then((end) => {
        done.push(key);
        ends.push(end);
      });
    };
    for (let n = 0; n < 1000; n++) ask('flood');
    await settle();
    expect(done).toEqual(['flood', 'flood']);
    ask('calm');
    await settle();
    expect(done).toEqual(['flood', 'flood', 'calm']);
    ask('calm');
    ask('calm');
    for (let n = 0; n < 4; n++) {
      ends.shift()!();
      await settle();
    }
    expect(done.slice(3, 7).filter((key) => key === 'calm')).toHaveLength(2);
  });

  it('go round among the waiting keys', async () => {
    const turns = new FairSemaphore(2);
    const done: string[] = [];
    const first = [await turns.take('x', signal), await turns.take('y', signal)];
    for (const key of ['a', 'a', 'a', 'b', 'b', 'c'])
      void turns.take(key, signal).then(async (end) => {
        done.push(key);
        await settle();
        end();
      });
    for (const end of first) end();
    while (turns.length > 0) await settle();
    await settle();
    expect(done.join('')).toMatch(/^abcab/);
  });

  it('are lost only by a caller that leaves', async () => {
    const turns = new FairSemaphore(1);
    const gone = new AbortController();
    const end = await turns.take('a', signal);
    const leaving = turns.take('b', gone.signal);
    const staying = turns.take('c', signal);
    gone.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    expect(turns.length).toBe(1);
    end();
    (await staying)();
    (await turns.take('b', signal))();
    await expect(turns.take('b', gone.signal)).rejects.toThrow('left');
  });
});
