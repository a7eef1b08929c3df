import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startPlatform } from './platform.js';

type Platform = Awaited<ReturnType<typeof startPlatform>>;

/** Calls the tool `find`, which lists projects. */
const findProjects = async (p: Platform, signal?: AbortSignal): Promise<Response> =>
  fetch(`${p.base}/mcp`, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      authorization: `Bearer ${await p.signToken('viewer')}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'find', arguments: { kind: 'projects' } },
    }),
    ...(signal && { signal }),
  });

it('a tool that takes long is ended at the time limit with an answer that reports it', async () => {
  const p = await startPlatform({ NOEMA_REQUEST_TIMEOUT_MS: '500', NOEMA_REQUEST_TIMEOUT_MAX_MS: '500' });
  p.projects.onList = ({ signal }) => once(signal, 'abort');
  const response = await findProjects(p);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('DEADLINE_EXCEEDED');
  await p.close();
});

it('a tool is cancelled at the services when its caller leaves', async () => {
  const p = await startPlatform();
  const caller = new AbortController();
  const cancelled = new Promise((resolve) => {
    p.projects.onList = async ({ signal }) => {
      caller.abort();
      resolve(await once(signal, 'abort'));
    };
  });
  await expect(findProjects(p, caller.signal)).rejects.toThrow();
  await cancelled;
  await p.close();
});

it('a tool that runs when the gateway drains is finished', async () => {
  const p = await startPlatform();
  let closing: Promise<void> | undefined;
  p.projects.onList = async () => {
    closing = p.gateway.close();
    await expect
      .poll(async () => (await fetch(`${p.base}/readyz`).catch(() => undefined))?.status)
      .not.toBe(200);
  };
  const response = await findProjects(p);
  expect(await response.text()).toContain('there are no projects');
  await closing;
  await p.behind.close();
});
