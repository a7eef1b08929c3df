import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Imports that are refused: name of the case, rule, file with its import, and the files that it needs. */
const REFUSED: readonly [string, string, string, string, Record<string, string>][] = [
  [
    'a domain that imports Nest',
    'domain-is-pure',
    'services/a/src/domain/x.ts',
    "import '@nestjs/common';",
    {},
  ],
  ['a domain that imports a driver', 'domain-is-pure', 'services/a/src/domain/y.ts', "import 'pg';", {}],
  [
    'a domain that imports its adapter',
    'domain-is-pure',
    'services/a/src/domain/z.ts',
    "import '../postgres/r.js';",
    { 'services/a/src/postgres/r.ts': 'export {};' },
  ],
  [
    'the type of a noun that imports Nest',
    'rules-are-pure',
    'services/a/src/thing/thing.ts',
    "import '@nestjs/common';",
    {},
  ],
  [
    'errors that import a repository',
    'rules-are-pure',
    'services/a/src/thing/thing.errors.ts',
    "import './thing.repository.js';",
    { 'services/a/src/thing/thing.repository.ts': 'export {};' },
  ],
  [
    'a service class that imports a mapper',
    'services-know-no-transport',
    'services/a/src/thing/thing.service.ts',
    "import './thing.mapper.js';",
    { 'services/a/src/thing/thing.mapper.ts': 'export {};' },
  ],
  [
    'a service class that imports a driver',
    'services-know-no-transport',
    'services/a/src/other/other.service.ts',
    "import 'pg';",
    {},
  ],
  [
    'a service that imports a service by path',
    'no-service-to-service',
    'services/a/src/main.ts',
    "import '../../b/src/index.js';",
    { 'services/b/src/index.ts': 'export {};' },
  ],
  [
    'a service that imports a service by name',
    'no-service-to-service',
    'services/workspace/src/main.ts',
    "import '@noema/datasets';",
    {},
  ],
  [
    'an adapter that imports another technology',
    'one-technology-a-folder',
    'services/a/src/grpc/c.ts',
    "import '../postgres/r.js';",
    { 'services/a/src/postgres/r.ts': 'export {};' },
  ],
  [
    'a library that imports one above it',
    'libs-level-2',
    'libs/postgres/src/x.ts',
    "import '../../jobs/src/index.js';",
    { 'libs/jobs/src/index.ts': 'export {};' },
  ],
  [
    'a part of the page that imports a feature',
    'page-parts',
    'apps/web/src/parts/x.ts',
    "import '../features/sample/y.js';",
    { 'apps/web/src/features/sample/y.ts': 'export {};' },
  ],
  [
    'a page that imports another page',
    'no-page-to-page',
    'apps/web/src/pages/runs/x.ts',
    "import '../team/y.js';",
    { 'apps/web/src/pages/team/y.ts': 'export {};' },
  ],
  [
    'folders of the page that import each other',
    'no-circle-of-folders',
    'apps/web/src/features/sample/x.ts',
    "import '../runs/y.js';",
    {
      'apps/web/src/features/runs/y.ts': "import '../sample/w.js';",
      'apps/web/src/features/sample/w.ts': 'export {};',
    },
  ],
];

const ALLOWED = 'services/a/src/domain/ok.ts';

let tree = '';
let violations: readonly Violation[];

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'noema-boundaries-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json'])
    cpSync(join(root, file), join(tree, file));
  mkdirSync(join(tree, 'node_modules/@noema'), { recursive: true });
  for (const name of ['pg', '@nestjs', 'typescript', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(tree, 'node_modules', name));
  for (const [name, folder] of [
    ['kernel', 'libs/kernel'],
    ['datasets', 'services/datasets'],
  ] as const) {
    mkdirSync(join(tree, folder, 'dist/src'), { recursive: true });
    cpSync(join(root, folder, 'package.json'), join(tree, folder, 'package.json'));
    for (const file of ['index.js', 'index.d.ts'])
      writeFileSync(join(tree, folder, 'dist/src', file), 'export const DomainError = 1;');
    symlinkSync(join(tree, folder), join(tree, 'node_modules/@noema', name));
  }
  write(ALLOWED, "import { DomainError } from '@noema/kernel'; export const x = DomainError;");
  for (const [, , file, source, others] of REFUSED)
    for (const [path, text] of Object.entries({ ...others, [file]: source })) write(path, text);
  violations = findViolations();
});
afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

/** A rule that is broken, and by which file or folder. */
interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
}

function findViolations(): readonly Violation[] {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { stdout } = spawnSync(
    process.execPath,
    [cruiser, 'libs', 'services', 'apps', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'],
    { cwd: tree, encoding: 'utf8' },
  );
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

const brokenBy = (file: string): string[] =>
  violations.filter(({ from }) => file === from || file.startsWith(`${from}/`)).map(({ rule }) => rule.name);

it.each(REFUSED)('%s is refused', (_, rule, file) => {
  expect(brokenBy(file)).toContain(rule);
});

it('what the house allows passes', () => {
  expect(brokenBy(ALLOWED)).toEqual([]);
});
