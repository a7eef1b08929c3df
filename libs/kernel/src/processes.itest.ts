import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProcess, listProcesses } from './processes.js';

/** A name that looks like the fields that follow it. */
const NAME = 'a) S 1 2 (b';
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'noema-processes-'));
  await symlink('/bin/sh', join(directory, NAME));
});
afterAll(() => rm(directory, { recursive: true }));

it.skipIf(process.platform !== 'linux')(
  'lists a process with its group, its arguments and its variables, and no more once it has ended',
  async () => {
    const program = join(directory, NAME);
    const args = ['-c', 'echo started; read line', 'x', '', 'two words'];
    const child = spawn(program, args, {
      detached: true,
      env: { PLACE: 'a=b c', EMPTY: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    const expected = {
      pid: child.pid,
      name: NAME,
      group: child.pid,
      args: [program, ...args],
      environment: ['PLACE=a=b c', 'EMPTY='],
    };
    expect(await findProcess(child.pid!)).toEqual(expected);
    const listed = await listProcesses();
    expect(listed.filter(({ pid }) => pid === child.pid)).toEqual([expected]);
    expect(listed.find(({ pid }) => pid === process.pid)?.args[0]).toMatch(/node/);
    child.stdin.end('\n');
    await once(child, 'close');
    expect(await findProcess(child.pid!)).toBeUndefined();
  },
);
