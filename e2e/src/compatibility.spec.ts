import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPrevious, hasPrevious, ROOT } from './cluster/checkout.js';

/** Matches statements that remove something that the old version still uses. */
const TAKES_AWAY = new RegExp(
  [
    String.raw`\bdrop\s+(column|table|view|function)`,
    String.raw`\brename\s+(column|to)`,
    String.raw`\balter\s+column\s+\w+\s+(type|set\s+not\s+null)`,
    String.raw`\badd\s+column(?![^;,]*\bdefault\b)[^;,]*\bnot\s+null\b`,
  ].join('|'),
  'i',
);

describe.skipIf(!hasPrevious())('RELIABILITY 25: what the previous version left stands', () => {
  let previous = '';
  beforeAll(() => {
    previous = mkdtempSync(join(tmpdir(), 'noema-previous-'));
    exportPrevious(previous, 'proto', 'third_party', 'buf.yaml', 'libs', 'services');
  });
  afterAll(() => {
    rmSync(previous, { recursive: true, force: true });
  });

  it('its messages are still read, and it reads ours', () => {
    execFileSync(join(ROOT, 'node_modules/.bin/buf'), ['breaking', '--against', previous], {
      cwd: ROOT,
      stdio: 'pipe',
    });
  });

  it('its migrations are unchanged, and those since then only add', () => {
    const [then, now] = [migrations(previous), migrations(ROOT)];
    expect(then.size).toBeGreaterThan(10);
    for (const [path, sql] of then) expect(now.get(path), path).toBe(sql);
    const since = [...now].filter(([path]) => !then.has(path));
    expect(since.filter(([, sql]) => TAKES_AWAY.test(withoutRemade(sql))).map(([path]) => path)).toEqual([]);
  });
});

it.each([
  ['ALTER TABLE run DROP COLUMN engine', true],
  ['ALTER TABLE run ADD COLUMN cost int NOT NULL', true],
  ['ALTER TABLE run RENAME COLUMN a TO b', true],
  ['DROP VIEW a; CREATE VIEW b AS SELECT 1', true],
  ['DROP VIEW IF EXISTS a; CREATE VIEW a AS SELECT 1', false],
  ['ALTER TABLE run ADD COLUMN cost int NOT NULL DEFAULT 0', false],
  ['CREATE TABLE x (a int NOT NULL)', false],
  ['ALTER TABLE run ADD COLUMN note text', false],
])('%s takes something away: %s', (sql, takes) => {
  expect(TAKES_AWAY.test(withoutRemade(sql))).toBe(takes);
});

/**
 * Without comments, and without views that go only to be made again, with more columns, in the same
 * transaction.
 */
const withoutRemade = (sql: string): string =>
  sql
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/\bdrop\s+view\s+(?:if\s+exists\s+)?(\w+)\s*;(?=[^]*\bcreate\s+view\s+\1\b)/gi, '');

/** Every migration of libraries and services by its path, without migrations of tests. */
function migrations(root: string): Map<string, string> {
  const found = ['libs', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) =>
      ['migrations', 'bus/migrations'].flatMap((place) => sqlIn(join(root, folder, name, place))),
    ),
  );
  return new Map(found.map((path) => [relative(root, path), readFileSync(path, 'utf8')]));
}

function sqlIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
