import { expect, it } from 'vitest';
import { CheckTurns } from './check.turns.js';

const { signal } = new AbortController();
const HOUR_S = 3_600;

/** Work that goes on until it is let go. */
function holding() {
  let letGo = (): void => undefined;
  const until = new Promise<string>((resolve) => {
    letGo = () => {
      resolve('done');
    };
  });
  return { work: () => until, letGo };
}

it('one team runs one check of two at a time, and another team runs its own meanwhile', async () => {
  const turns = new CheckTurns({ checksAtOnce: 2, checkSeconds: HOUR_S });
  const held = holding();
  const [first, second] = [
    turns.run('a', signal, held.work),
    turns.run('a', signal, () => Promise.resolve('second')),
  ];
  expect(await Promise.race([second, turns.run('b', signal, () => Promise.resolve('of b'))])).toBe('of b');
  held.letGo();
  expect(await Promise.all([first, second])).toEqual(['done', 'second']);
});

it('a check that waits too long fails with the reason, and one that is cancelled does not wait', async () => {
  const turns = new CheckTurns({ checksAtOnce: 1, checkSeconds: 0.001 });
  const held = holding();
  const first = turns.run('a', signal, held.work);
  await expect(turns.run('b', signal, held.work)).rejects.toMatchObject({
    kind: 'exhausted',
    reason: 'CHECKS_BUSY',
    message: expect.stringContaining('1 check') as string,
  });
  await expect(turns.run('b', AbortSignal.abort(new Error('left')), held.work)).rejects.toThrow('left');
  held.letGo();
  expect(await first).toBe('done');
});

it('a check that fails gives its place back', async () => {
  const turns = new CheckTurns({ checksAtOnce: 1, checkSeconds: HOUR_S });
  await expect(turns.run('a', signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await turns.run('a', signal, () => Promise.resolve(1))).toBe(1);
});
