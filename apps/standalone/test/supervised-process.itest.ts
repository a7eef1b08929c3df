import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LogFile } from '../src/log-file.js';
import { SupervisedProcess } from '../src/supervised-process.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let log: LogFile;
beforeEach(async () => {
  directory = await temporaryDirectory();
  log = new LogFile(directory.path, 'child');
});
afterEach(async () => {
  log.close();
  await directory.remove();
});

const make = (child: string, waits = false) =>
  new SupervisedProcess({
    name: child,
    run: { module: fileURLToPath(new URL(`./${child}.js`, import.meta.url)) },
    env: {},
    log,
    waits,
    onChange: () => undefined,
  });
const loaded = (pid: number | undefined): boolean =>
  readFileSync(join(directory.path, 'child.jsonl'), 'utf8').includes(`loaded ${pid}`);

it('starts a killed process again and stops it for good', async () => {
  const steady = make('steady-child');
  steady.start();
  const first = steady.pid!;
  process.kill(first, 'SIGKILL');
  await waitFor(() => steady.pid !== first && steady.state === 'running');
  expect(steady.restarts).toBe(1);
  const second = steady.pid!;
  await steady.stop(5_000);
  expect(existsSync(`/proc/${second}`)).toBe(false);
  expect(steady.state).toBe('stopped');
});

it('lets a module load when its turn comes, says when it is at work, and loads it at once after a crash', async () => {
  const [waiting, other] = [make('working-child', true), make('working-child')];
  waiting.start();
  other.start();
  await other.atWork;
  const first = waiting.pid!;
  expect([loaded(other.pid), waiting.state, loaded(first)]).toEqual([true, 'running', false]);
  void waiting.go();
  await waiting.atWork;
  expect(loaded(first)).toBe(true);
  process.kill(first, 'SIGKILL');
  await waitFor(() => waiting.pid !== first && loaded(waiting.pid));
  await Promise.all([waiting.stop(5_000), other.stop(5_000)]);
});

it('makes a module wait again that ended with code 0, or was killed while it waited', async () => {
  const [worker, other] = [make('retiring-child', true), make('retiring-child')];
  let rests = 0;
  worker.onRest = () => rests++;
  worker.start();
  /** Returns when the next process has had the time in which another one loads. */
  const replaced = async (signal: NodeJS.Signals): Promise<void> => {
    const pid = worker.pid!;
    process.kill(pid, signal);
    await waitFor(() => worker.pid !== pid && worker.state === 'running');
    other.start();
    await other.atWork;
    await other.stop(5_000);
    expect([loaded(worker.pid), worker.isAtWork]).toEqual([false, false]);
  };
  await replaced('SIGKILL');
  await worker.go();
  await replaced('SIGUSR2');
  await replaced('SIGKILL');
  await worker.go();
  expect([loaded(worker.pid), worker.isAtWork, rests, worker.restarts]).toEqual([true, true, 1, 2]);
  await worker.stop(5_000);
});

it('supervises the program of a server just so', async () => {
  const server = new SupervisedProcess({
    name: 'sleep',
    run: { program: 'sleep', args: ['600'] },
    env: { PATH: process.env['PATH'] ?? '' },
    log,
    onChange: () => undefined,
  });
  server.start();
  const first = server.pid!;
  process.kill(first, 'SIGKILL');
  await waitFor(() => server.pid !== first && server.state === 'running');
  await server.stop(5_000);
  expect(existsSync(`/proc/${server.pid}`)).toBe(false);
});

it('waits longer and longer and reports a crash loop', async () => {
  const failing = make('failing-child');
  failing.start();
  await waitFor(() => failing.state === 'crash-loop');
  await failing.stop(1_000);
  const delays = readFileSync(join(directory.path, 'child.jsonl'), 'utf8').matchAll(
    /started again in (\d+) ms/g,
  );
  expect([...delays].map(([, ms]) => Number(ms))).toEqual([200, 400, 800, 1600, 3200]);
});

it('starts a worker that retired anew at once, however soon and often it retires, and counts no failure', async () => {
  const worker = make('retiring-child');
  worker.start();
  await worker.atWork;
  for (let n = 0; n < 7; n++) {
    // more often than a process that fails may
    const pid = worker.pid!;
    process.kill(pid, 'SIGUSR2');
    await waitFor(() => worker.pid !== pid && worker.isAtWork, { what: 'the next worker' });
  }
  expect([worker.state, worker.restarts]).toEqual(['running', 0]);
  await worker.stop(5_000);
  const text = readFileSync(join(directory.path, 'child.jsonl'), 'utf8');
  expect([text.match(/is started anew/g)?.length, text.match(/died/g)]).toEqual([7, null]);
});

it('counts a program that ends in good order without having been at work as a failure', async () => {
  const idle = new SupervisedProcess({
    name: 'true',
    run: { program: 'true', args: [] },
    env: { PATH: process.env['PATH'] ?? '' },
    log,
    onChange: () => undefined,
  });
  idle.start();
  await waitFor(() => idle.restarts === 2);
  await idle.stop(1_000);
});

it('kills a process that does not end in time', async () => {
  const stubborn = make('stubborn-child');
  stubborn.start();
  await waitFor(() => readFileSync(join(directory.path, 'child.jsonl'), 'utf8').includes('deaf'));
  const pid = stubborn.pid!;
  await stubborn.stop(300);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
});

it('lets the worker threads of a child live', async () => {
  const threaded = make('threaded-child');
  threaded.start();
  const line = await waitFor(() =>
    /thread ended with (\d+)/.exec(readFileSync(join(directory.path, 'child.jsonl'), 'utf8')),
  );
  await threaded.stop(5_000);
  expect(line[1]).toBe('0');
});

it.each(['module', 'program'])('leaves no %s behind when the supervisor is killed', async (kind) => {
  const parent = fork(new URL('./parent-of-steady.js', import.meta.url), [directory.path, kind]);
  const [pid] = (await once(parent, 'message')) as [number];
  // It asks the kernel to end with its parent before it becomes what it shall run.
  await waitFor(() => /^(sleep|.*node)\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8')));
  parent.kill('SIGKILL');
  await waitFor(() => !existsSync(`/proc/${pid}`));
});
