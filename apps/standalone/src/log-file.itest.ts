import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogFile } from './log-file.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn('skipped: a full disk: mounting a tmpfs needs root');

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(async () => {
  await directory.remove();
});

describe.skipIf(!isRoot)('RELIABILITY 35: the log of a process on a full disk', () => {
  it('never throws, says how many lines are missing once there is room, and keeps every line whole', () => {
    const full = join(directory.path, 'full');
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', full]);
    try {
      const log = new LogFile(full, 'gateway');
      writeFileSync(join(full, 'ballast'), Buffer.alloc(40 * 1024));
      const count = 300;
      for (let n = 0; n < count; n++) log.event('info', 'served', { n, text: 'x'.repeat(200) });
      rmSync(join(full, 'ballast'));
      log.event('info', 'after');
      log.close();
      const lines = readFileSync(join(full, 'gateway.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line !== '');
      const entries = lines.flatMap((line) => {
        try {
          return [JSON.parse(line) as { msg: string; dropped?: number }];
        } catch {
          return [];
        }
      });
      const dropped = entries.find((entry) => entry.dropped !== undefined)?.dropped ?? 0;
      expect(dropped).toBeGreaterThan(0);
      expect(entries.filter(({ msg }) => msg === 'served').length + dropped).toBe(count);
      expect(entries.at(-1)).toMatchObject({ msg: 'after' });
    } finally {
      execFileSync('umount', [full]);
    }
  });
});

describe('the log of a process', () => {
  it('is set aside while it is written, also by a child', async () => {
    const log = new LogFile(directory.path, 'long', { maxBytes: 10_000, lookMs: 20 });
    const path = join(directory.path, 'long.jsonl');
    for (let n = 0; n < 200; n++) log.event('info', 'line', { n, text: 'x'.repeat(100) });
    expect(statSync(path).size).toBeLessThan(12_000);
    expect(existsSync(`${path}.1`)).toBe(true);
    appendFileSync(path, `${'y'.repeat(20_000)}\n`); // what a child writes is not seen, but looked for
    await waitFor(() => statSync(path).size < 10_000);
    expect(readFileSync(`${path}.1`, 'utf8')).toContain('yyyy');
    log.close();
  });
});
