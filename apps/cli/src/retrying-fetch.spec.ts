import { expect, it } from 'vitest';
import { retryingFetch } from './retrying-fetch.js';

function answers(...given: (number | Error)[]) {
  const left = [...given];
  const send = async () => {
    const next = left.shift()!;
    if (next instanceof Error) throw next;
    return new Response(null, { status: next });
  };
  return { left, get: retryingFetch(send, [1, 1, 1]) };
}

it('reads again while the service is away', async () => {
  const { get, left } = answers(503, new TypeError('refused'), 200);
  expect((await get('http://x')).status).toBe(200);
  expect(left).toEqual([]);
});
it('gives up after its pauses', async () => {
  expect((await answers(503, 503, 503, 503, 200).get('http://x')).status).toBe(503);
});
it('writes once', async () => {
  const { get, left } = answers(503, 200);
  expect((await get('http://x', { method: 'POST' })).status).toBe(503);
  expect(left).toEqual([200]);
});
it('does not repeat what the caller has given up', async () => {
  await expect(
    answers(new TypeError('aborted'), 200).get('http://x', { signal: AbortSignal.abort() }),
  ).rejects.toThrow('aborted');
});
