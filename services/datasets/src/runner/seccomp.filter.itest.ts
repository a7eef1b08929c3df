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

/** Returns the output of a program in a sandbox that sees the whole machine, with the filter or without. */
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

/** Prints the errno of each system call; the numbers are x86-64's. */
const CALLS = `
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def errno(number, *args):
    ctypes.set_errno(0)
    libc.syscall(ctypes.c_long(number), *[ctypes.c_ulong(arg) for arg in args])
    return ctypes.get_errno()
pair = (ctypes.c_int * 2)()
print(errno(514, 0, 0x5412, 0), errno(463), errno(0x40000000 + 39), errno(16, 0, 2**32 + 0x5412, 0),
      errno(56, 2**32 + 0x10000000 + 17, 0, 0, 0, 0), errno(41, 2**32 + 2, 1, 0), errno(53, 40, 1, 0,
      ctypes.addressof(pair)), errno(53, 1, 1, 0, ctypes.addressof(pair)), errno(39))
`;

it.skipIf(missing !== undefined || process.arch !== 'x64')(
  'in the kernel x32 and newer calls do not exist, and high halves of arguments open nothing',
  async () => {
    const [ENOSYS, EPERM, EAFNOSUPPORT] = [38, 1, 97];
    const errnos = [ENOSYS, ENOSYS, ENOSYS, EPERM, EPERM, EAFNOSUPPORT, EAFNOSUPPORT, 0, 0];
    const output = await said(true, ['python3', '-c', CALLS]);
    expect(output.trim().split('\n').at(-1)?.replace(/^0 /, '')).toBe(errnos.join(' '));
  },
);
