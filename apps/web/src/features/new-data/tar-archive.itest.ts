import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { tarArchive } from './tar-archive.js';

it('is read by tar, with long and foreign names, empty files and any size', async () => {
  const files = [
    { path: 'a.txt', content: 'hello' },
    { path: 'größe/ß.csv', content: 'x'.repeat(512) },
    { path: `${'long/'.repeat(30)}name.txt`, content: 'y'.repeat(513) },
    // the length of a record counts its own digits: around 100 bytes they become three
    ...[42, 43, 44, 45, 46, 47, 48, 49, 50, 51].map((n) => ({ path: 'é'.repeat(n), content: String(n) })),
    { path: 'empty', content: '' },
  ];
  const blob = tarArchive(files.map(({ path, content }) => ({ path, file: new Blob([content]) })));
  const folder = mkdtempSync(join(tmpdir(), 'noema-tar-'));
  try {
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: Buffer.from(await blob.arrayBuffer()) });
    const found = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const read = found.map((path) => ({ path: relative(folder, path), content: readFileSync(path, 'utf8') }));
    const sorted = (all: typeof read) => [...all].sort((a, b) => (a.path < b.path ? -1 : 1));
    expect(sorted(read)).toEqual(sorted(files));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
