import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../tools/plain-english.mjs', import.meta.url));
let tree = '';

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'noema-english-'));
  for (const folder of ['tools', 'libs', 'proto']) mkdirSync(join(tree, folder));
});
afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

const check = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
};
const allow = (allowed: object) => {
  writeFileSync(join(tree, 'tools/plain-english.json'), JSON.stringify(allowed));
};

it('no banned form of English occurs more often than tools/plain-english.json allows', () => {
  expect(check()).toMatchObject({ status: 0, stderr: '' });
});

it('finds a banned form in a wrapped comment, a string and a proto, and names the replacement', () => {
  writeFileSync(
    join(tree, 'libs/a.ts'),
    "/** Refuses a class that is\n * none. */\nconst a = 'all the same';\n",
  );
  writeFileSync(join(tree, 'proto/a.proto'), '// Not said.\nmessage A {}\n');
  allow({});
  const { status, stderr } = check('--root', tree);
  expect(status).toBe(1);
  expect(stderr).toContain('libs: "is none" occurs 1 times, 0 are allowed; write: is not a …; has no …');
  expect(stderr).toContain('libs: "all the same" occurs 1 times, 0 are allowed; write: still');
  expect(stderr).toContain('proto: "not said" occurs 1 times, 0 are allowed; write: Unspecified.');
  expect(check('--root', tree, '--list', 'not said').stdout).toContain('proto/a.proto: // Not said.');
});

it('lowers the allowed numbers and never raises them', () => {
  const allowed = () => JSON.parse(readFileSync(join(tree, 'tools/plain-english.json'), 'utf8')) as object;
  allow({ 'is none': { libs: 3 }, 'all the same': { libs: 1 } });
  expect(check('--root', tree, '--write').status).toBe(1);
  expect(allowed()).toEqual({ 'is none': { libs: 3 }, 'all the same': { libs: 1 } });
  allow({ 'is none': { libs: 3 }, 'all the same': { libs: 1 }, 'not said': { proto: 1 } });
  expect(check('--root', tree, '--write').status).toBe(0);
  expect(allowed()).toEqual({
    'is none': { libs: 1 },
    'all the same': { libs: 1 },
    'not said': { proto: 1 },
  });
});
