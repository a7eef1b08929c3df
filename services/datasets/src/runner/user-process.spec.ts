import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { writeFrame } from './frame.js';
import { UserProcess } from './user-process.js';
import { PROTOCOL_VERSION } from './runner.protocol.js';

it.each([true, false])(
  'asks a process that says that it is ready, unless whoever would end it has ended before (alive: %s)',
  async (alive) => {
    const [ours, its] = duplexPair();
    const child = spawn('sleep', ['60'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const process = new UserProcess({ child, channel: ours, modulePath: '/integration.js' });
    const asked = { bytes: 0 };
    its.on('data', (chunk: Buffer) => {
      asked.bytes += chunk.length;
    });
    const answer = expect(
      process.call('load', {}, { signal: new AbortController().signal, stallMs: 10_000 }),
    ).rejects.toMatchObject({ reason: 'INTEGRATION_CRASHED' });
    if (!alive) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    writeFrame(its, { kind: 'ready', protocol: PROTOCOL_VERSION });
    if (alive) {
      await once(its, 'data');
      child.kill('SIGKILL');
    }
    await answer;
    expect(asked.bytes > 0).toBe(alive);
  },
);

it.each([undefined, 0, PROTOCOL_VERSION + 1, '1'])(
  'ends a process that speaks another version of the protocol (%s)',
  async (protocol) => {
    const [ours, its] = duplexPair();
    const child = spawn('sleep', ['60'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const process = new UserProcess({ child, channel: ours, modulePath: '/integration.js' });
    const call = process.call('load', {}, { signal: new AbortController().signal, stallMs: 10_000 });
    writeFrame(its, { kind: 'ready', protocol });
    await expect(call).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'INTEGRATION_PROTOCOL_UNSUPPORTED',
    });
  },
);
