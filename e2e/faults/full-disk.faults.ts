import { execFileSync } from 'node:child_process';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { expect, it, onTestFinished } from 'vitest';
import { noema } from '../src/command-line.js';
import { RunningPlatform } from '../src/running-platform.js';

/** Longest time that `noema up` waits for a part of the platform, twice. */
const START_MS = 240_000;
/** Longest time without an answer, refusals included. */
const ANSWER_MS = 30_000;
const ROUNDS_MS = 240_000;
const RECOVERY_MS = 180_000;
const QUERY_MS = 40_000;
const CLEAN_UP_MS = 180_000;

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped: a platform on a full disk: mounting a tmpfs needs root');

const CHUNK = Buffer.alloc(2 ** 20);

/** Takes every byte that is left. */
function fill(path: string): void {
  const file = openSync(path, 'a');
  for (let size = CHUNK.length; size > 0; ) {
    try {
      writeSync(file, CHUNK, 0, size);
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
}

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Description of a process; empty if it has ended. */
const ofProcess = <T>(readIt: () => T): T | undefined => {
  try {
    return readIt();
  } catch {
    return undefined;
  }
};

/** Processes that were started for a directory, run in it or have a file of it open; never this one. */
const findProcesses = (directory: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!(pid > 0) || pid === process.pid) return false;
      const files = ofProcess(() => readdirSync(`/proc/${pid}/fd`).map((fd) => `fd/${fd}`)) ?? [];
      return (
        ofProcess(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.includes(directory) === true ||
        ['cwd', ...files].some(
          (link) => ofProcess(() => readlinkSync(`/proc/${pid}/${link}`))?.startsWith(directory) === true,
        )
      );
    });

/** No process, no mount and no folder is left, whatever state the test ended in. */
async function cleanUp(directory: Awaited<ReturnType<typeof temporaryDirectory>>): Promise<void> {
  rmSync(join(directory.path, 'ballast'), { force: true });
  await noema(directory.path, 'down');
  for (const pid of findProcesses(directory.path)) ofProcess(() => process.kill(pid, 'SIGKILL'));
  await waitFor(() => findProcesses(directory.path).length === 0, { what: 'the end of the platform' });
  execFileSync('umount', [directory.path]);
  await directory.remove();
}

/** The status of an answer; 0 when the connection is cut off, as a 503 may be. */
async function readStatus(answer: Promise<{ readonly status: number }>): Promise<number> {
  const status = await Promise.race([
    answer.then(
      ({ status }) => status,
      () => 0,
    ),
    delay(ANSWER_MS, 'none' as const, { ref: false }),
  ]);
  expect(status, `an answer within ${ANSWER_MS} ms`).not.toBe('none');
  return Number(status);
}

it.skipIf(!isRoot)(
  'RELIABILITY 35: a platform on a disk that runs full lives, answers what it can, and goes on by ' +
    'itself when there is room',
  async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => cleanUp(directory), CLEAN_UP_MS);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=420m', 'tmpfs', directory.path]);
    const ballast = join(directory.path, 'ballast');
    const platform = await RunningPlatform.up(directory.path);
    const { rest } = platform;
    const { pid } = platform.state();
    const answered: string[] = [];
    const create = async (displayName: string): Promise<number> => {
      const status = await readStatus(rest.post('/v1/projects', { displayName }));
      if (status === 200) answered.push(displayName);
      return status;
    };
    expect(await create('before')).toBe(200);
    const statuses = new Set<number>();
    const fullMs = performance.now();
    for (let round = 0; round < 8; round++) {
      fill(ballast);
      expect(statfsSync(directory.path).bavail).toBe(0);
      // PostgreSQL wants a file more, and ends when it gets none
      await platform.query('SELECT pg_switch_wal()').catch(() => undefined);
      for (let n = 0; n < 4; n++) statuses.add(await create(`full ${round} ${n}`));
      statuses.add(await readStatus(rest.get('/v1/projects')));
      expect(lives(pid), 'the platform lives').toBe(true);
      expect(performance.now() - fullMs, 'milliseconds of a full disk').toBeLessThan(ROUNDS_MS);
    }
    expect(
      [...statuses].filter((status) => ![0, 200, 429, 503, 504].includes(status)),
      'refusals are named',
    ).toEqual([]);
    rmSync(ballast);
    await waitFor(async () => (await create('after')) === 200, {
      timeoutMs: RECOVERY_MS,
      intervalMs: 500,
      what: 'a write once there is room',
    });
    const { body } = await rest.get('/v1/projects?page_size=100');
    const kept = (body['projects'] as { displayName: string }[]).map((project) => project.displayName);
    expect(
      answered.filter((name) => !kept.includes(name)),
      'answered writes are stored',
    ).toEqual([]);
    expect([platform.state().pid, lives(pid)]).toEqual([pid, true]);
  },
  // Longer than all that it waits for: a platform that does not answer fails an assertion, not this limit.
  START_MS + ROUNDS_MS + RECOVERY_MS + 4 * ANSWER_MS + 2 * QUERY_MS,
);
