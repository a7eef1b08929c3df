import { execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDirectory, lockHolder } from '../src/directory-lock.js';
import { startPlatformProcess } from '../src/platform-process.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  await directory.remove();
});

const holder = () => fork(new URL('./lock-holder.js', import.meta.url), [directory.path]);

it('refuses a second platform and names the first, until that one has let go', async () => {
  const release = await lockDirectory(directory.path);
  await expect(lockDirectory(directory.path)).rejects.toMatchObject({
    kind: 'precondition',
    reason: 'PLATFORM_RUNNING',
    message: expect.stringContaining(String(process.pid)) as string,
  });
  await release();
  await (await lockDirectory(directory.path))();
});

const namespaces = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;
if (!namespaces)
  console.warn('skipped: a platform in another PID namespace: unshare --pid is not permitted here');

it.skipIf(!namespaces)(
  'RELIABILITY 37: refuses a second platform from another PID namespace, until the first has ended',
  async () => {
    const other = () => {
      const script =
        `import('${new URL('../src/directory-lock.js', import.meta.url).href}').then((m) => ` +
        `m.lockDirectory(process.argv[1])).then(() => console.log('held'), (error) => ` +
        'console.log(error.reason)).then(() => process.exit())';
      return execFileSync(
        'unshare',
        ['--pid', '--ipc', '--mount-proc', '--fork', process.execPath, '-e', script, directory.path],
        { encoding: 'utf8' },
      ).trim();
    };
    const child = holder();
    await once(child, 'message');
    expect(other()).toBe('PLATFORM_RUNNING');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(other()).toBe('held');
  },
);

it('takes over from a process that was killed', async () => {
  const child = holder();
  expect((await once(child, 'message'))[0]).toBe('held');
  expect(await lockHolder(directory.path)).toBe(child.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await lockHolder(directory.path)).toBeUndefined();
  await (await lockDirectory(directory.path))();
});

it('takes over from a process that was killed before its parent looks', async () => {
  const parent = spawn('sh', [
    '-c',
    '"$@" & exec sleep 60',
    'sh',
    process.execPath,
    fileURLToPath(new URL('./lock-holder.js', import.meta.url)),
    directory.path,
  ]);
  let pid: number | undefined;
  await waitFor(async () => (pid = await lockHolder(directory.path)) !== undefined);
  process.kill(pid!, 'SIGKILL');
  await waitFor(async () => /\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8')));
  expect(await lockHolder(directory.path)).toBeUndefined();
  await (await lockDirectory(directory.path))();
  parent.kill();
});

it('takes over from another process that has got the number of a dead one', async () => {
  await writeFile(join(directory.path, 'platform.lock'), JSON.stringify({ pid: process.pid, started: '1' }));
  await (await lockDirectory(directory.path))();
});

it('lets one of many racers take over a stale lock', async () => {
  await writeFile(join(directory.path, 'platform.lock'), 'half a fi');
  const children = Array.from({ length: 6 }, holder);
  const said = await Promise.all(children.map(async (child) => (await once(child, 'message'))[0] as string));
  for (const child of children) child.kill('SIGKILL');
  expect(said.filter((word) => word === 'held')).toHaveLength(1);
  expect(said.filter((word) => word === 'PLATFORM_RUNNING')).toHaveLength(5);
});

it('reports that the directory cannot be made', async () => {
  await expect(startPlatformProcess({ dataDir: '/dev/null/noema' })).rejects.toMatchObject({
    kind: 'precondition',
    reason: 'DATA_DIRECTORY_UNUSABLE',
  });
});
