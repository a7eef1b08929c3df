import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const ROWS = 47;

interface Row {
  readonly number: number;
  readonly files: readonly string[];
  readonly left: string;
}

/** The rows of docs/reliability.md: `| number | fault | promise | proved in | left |`. */
const rows: Row[] = readFileSync(join(ROOT, 'docs', 'reliability.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => {
    const [number, , , proved, left] = line.slice(2, -2).split(' | ') as [
      string,
      string,
      string,
      string,
      string,
    ];
    return {
      number: Number(number),
      files: [...proved.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file]) => file!),
      left,
    };
  });

const packages = ['libs', 'services', 'apps']
  .flatMap((kind) => readdirSync(join(ROOT, kind)).map((name) => join(ROOT, kind, name)))
  .concat(join(ROOT, 'e2e'), join(ROOT, 'deploy'));
const sources = packages.flatMap((path) =>
  ['src', 'test', 'faults'].flatMap((folder) => filesBelow(join(path, folder))),
);

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((f) => /\.(spec|itest|e2e|contract|faults)\.ts$/.test(f.name))
      .map((f) => join(f.parentPath, f.name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The rows that the titles of a file's tests name; a test that is skipped or commented out names none. */
const namedIn = (text: string): Set<number> => {
  const code = text.replace(/^\s*(\/\/|\*).*$/gm, '');
  const titles = code.matchAll(/(\.(?:skip|todo)\(\s*)?['"`]RELIABILITY (\d+): /g);
  return new Set([...titles].filter(([, skipped]) => !skipped).map(([, , number]) => Number(number)));
};

const named = new Map(sources.map((file) => [relative(ROOT, file), namedIn(readFileSync(file, 'utf8'))]));

describe('docs/reliability.md', () => {
  it('has every row once', () => {
    expect(rows.map((r) => r.number)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
  });

  it('says of each row where it is proved, or what is left', () => {
    expect(rows.filter((r) => r.files.length === 0 && r.left.trim() === '')).toEqual([]);
  });

  it.each(rows.flatMap((r) => r.files.map((file) => [r.number, file] as const)))(
    'row %i is named by a test of %s',
    (number, file) => {
      expect(
        named.get(file) ?? `${file} is no test file`,
        `${file} needs a test whose title begins with "RELIABILITY ${number}: "`,
      ).toContain(number);
    },
  );

  it('names every file whose tests prove a row', () => {
    const listed = new Set(rows.flatMap((r) => r.files.map((file) => `${r.number} ${file}`)));
    expect(
      [...named]
        .flatMap(([file, numbers]) => [...numbers].map((n) => `${n} ${file}`))
        .filter((entry) => !listed.has(entry)),
    ).toEqual([]);
  });
});

it('a test that is skipped or commented out proves nothing', () => {
  expect([
    ...namedIn(
      [
        "it('ROW 1: a', f);",
        "  it.skip('ROW 2: b', f);",
        "  it.skip(\n    'ROW 2: b', f);",
        "// it('ROW 3: c', f);",
        "  ['ROW 4: d', 4],",
      ]
        .join('\n')
        .replaceAll('ROW', 'RELIABILITY'),
    ),
  ]).toEqual([1, 4]);
});
