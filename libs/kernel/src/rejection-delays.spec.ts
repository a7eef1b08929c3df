import { expect, it } from 'vitest';
import { RejectionDelays } from './rejection-delays.js';

function clocked() {
  const clock = { ms: 1_000_000 };
  const rejections = new RejectionDelays(() => clock.ms);
  const waits = (key: string, times: number): number[] =>
    Array.from({ length: times }, () => Math.round(rejections.waitMs(key)));
  return { clock, rejections, waits };
}

it('a key is refused at once fifty times, and then every twentieth of a second', () => {
  const { clock, waits } = clocked();
  const [first, later] = [waits('a', 50), waits('a', 3)];
  expect([Math.max(...first), later]).toEqual([0, [20, 40, 60]]);
  expect(waits('b', 1)).toEqual([0]);
  clock.ms += 60_000;
  expect(Math.max(...waits('a', 50))).toBe(0);
});

it('none waits longer than twenty seconds', () => {
  const { waits } = clocked();
  expect(waits('a', 5_000).at(-1)).toBe(20_000);
});

it('a refusal is thrown in its time, or when its caller leaves', async () => {
  const { rejections, waits } = clocked();
  const refusal = new Error('too many');
  await expect(rejections.refuse('a', refusal, { signal: new AbortController().signal })).rejects.toBe(
    refusal,
  );
  await expect(
    rejections.refuse('a', refusal, { signal: new AbortController().signal, atLeastMs: 5 }),
  ).rejects.toBe(refusal);
  waits('a', 200);
  const caller = new AbortController();
  const refused = rejections.refuse('a', refusal, { signal: caller.signal });
  const begun = performance.now();
  caller.abort();
  await expect(refused).rejects.toBe(refusal);
  expect(performance.now() - begun).toBeLessThan(15_000);
});

it('forgets the callers refused longest ago, so that its memory is bounded', () => {
  const { rejections } = clocked();
  for (let n = 0; n < 20_000; n++) rejections.waitMs(`k${n}`);
  expect((rejections as unknown as { due: Map<string, unknown> }).due.size).toBe(10_000);
});
