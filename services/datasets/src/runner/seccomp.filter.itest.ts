import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { BubblewrapIsolation } from './bubblewrap.isolation.js';
import { nodeRuntime } from './runtimes/node.js';
import { seccompFilter } from './seccomp.filter.js';

const missing = await new BubblewrapIsolation({
  roots: [],
  memoryBytes: 2 ** 30,
  cpuMs: 60_000,
  tasks: 64,
  tmpBytes: 2 ** 20,
})
  .require(nodeRuntime)
  .then(
    () => undefined,
    (error: Error) => error.message,
  );
if (missing !== undefined) console.warn(`skipped: the filter of system calls in the kernel: ${missing}`);

/** What a program of this machine says in a sandbox that sees all of it, with the filter or without. */
async function said(filtered: boolean, command: readonly string[]): Promise<string> {
  const child = spawn(
    'bwrap',
    ['--unshare-user', '--ro-bind', '/', '/', ...(filtered ? ['--seccomp', '3'] : []), '--', ...command],
    { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => undefined);
  pipe.end(seccompFilter({ network: false }));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const [code] = (await once(child, 'close')) as [number];
  return `${code} ${output}`;
}

it.skipIf(missing !== undefined)(
  'the kernel holds to the filter: a new user namespace is made without it and refused with it',
  async () => {
    expect(await said(false, ['unshare', '--user', 'true'])).toBe('0 ');
    expect(await said(true, ['unshare', '--user', 'true'])).toMatch(/^1 .*Operation not permitted/);
    expect(await said(true, ['true'])).toBe('0 ');
  },
);
