import { execFileSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { expect, it } from 'vitest';
import { RunningPlatform } from '../src/running-platform.js';

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

it.skipIf(!isRoot)(
  'RELIABILITY 35: a platform on a disk that runs full lives, answers what it can, and goes on by ' +
    'itself when there is room',
  async () => {
    const directory = await temporaryDirectory();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=420m', 'tmpfs', directory.path]);
    const ballast = join(directory.path, 'ballast');
    let platform: RunningPlatform | undefined;
    try {
      platform = await RunningPlatform.up(directory.path);
      const { rest } = platform;
      const { pid } = platform.state();
      const answered: string[] = [];
      const create = async (displayName: string): Promise<number> => {
        // cut off, as 503 says
        const { status } = await rest.post('/v1/projects', { displayName }).catch(() => ({ status: 0 }));
        if (status === 200) answered.push(displayName);
        return status;
      };
      expect(await create('before')).toBe(200);
      const statuses = new Set<number>();
      for (let round = 0; round < 8; round++) {
        fill(ballast);
        expect(statfsSync(directory.path).bavail).toBe(0);
        // PostgreSQL wants a file more, and ends when it gets none
        await platform.query('SELECT pg_switch_wal()').catch(() => undefined);
        for (let n = 0; n < 4; n++) statuses.add(await create(`full ${round} ${n}`));
        statuses.add((await rest.get('/v1/projects').catch(() => ({ status: 0 }))).status);
        expect(lives(pid), 'the platform lives').toBe(true);
      }
      expect(
        [...statuses].filter((status) => ![0, 200, 429, 503, 504].includes(status)),
        'refusals are named',
      ).toEqual([]);
      rmSync(ballast);
      await waitFor(async () => (await create('after')) === 200, {
        timeoutMs: 300_000,
        intervalMs: 500,
        what: 'a write once there is room',
      });
      const { body } = await rest.get('/v1/projects?page_size=100');
      const kept = (body['projects'] as { displayName: string }[]).map((project) => project.displayName);
      expect(
        answered.filter((name) => !kept.includes(name)),
        'what was answered is there',
      ).toEqual([]);
      expect([platform.state().pid, lives(pid)]).toEqual([pid, true]);
    } finally {
      rmSync(ballast, { force: true });
      await platform?.down();
      execFileSync('umount', ['--lazy', directory.path]);
      await directory.remove();
    }
  },
);
