import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A whole statement as a text of SQL; parts of a built one begin with another word. */
const STATEMENT = /\bsql(?:<[^`]*>)?`\s*(?:select|insert|update|delete|with)\b/g;

/**
 * Statements that would read worse if they were built, by file (ADR 137). A number may only fall; a new file needs a
 * statement for which the builder has no form.
 */
const ALLOWED: Readonly<Record<string, number>> = {
  'services/activations/src/own-artifacts.ts': 1,
  'services/datasets/src/dataset-version/dataset-version.repository.ts': 2,
  'services/datasets/src/integration/integration.repository.ts': 1,
  'services/datasets/src/own-artifacts.ts': 1,
  'services/datasets/src/slice/slice.repository.ts': 1,
  'services/explanations/src/own-artifacts.ts': 1,
  'services/explanations/src/served-model/served-model.repository.ts': 1,
  'services/insights/src/insight-search/insight-search.repository.ts': 2,
  'services/insights/src/insight/insight.repository.ts': 3,
  'services/insights/src/own-artifacts.ts': 1,
  'services/insights/src/waiting-run/waiting-run.repository.ts': 1,
  'services/projection/src/exploration/exploration.repository.ts': 1,
  'services/projection/src/own-artifacts.ts': 1,
  'services/quality/src/issue/issue.repository.ts': 1,
  'services/quality/src/test-result/test-result.repository.ts': 1,
  'services/similarity/src/own-artifacts.ts': 1,
  'services/training/src/epoch/epoch.repository.ts': 1,
  'services/training/src/own-artifacts.ts': 1,
  'services/training/src/recording/recording.repository.ts': 1,
};

it('services build their statements, but for a few', () => {
  const found = Object.fromEntries(
    readdirSync(join(root, 'services'), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && /\/src(\/|$)/.test(entry.parentPath))
      .filter(({ name }) => name.endsWith('.ts') && !/\.(spec|itest)\.ts$/.test(name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .map(
        (path) =>
          [path.slice(root.length), readFileSync(path, 'utf8').match(STATEMENT)?.length ?? 0] as const,
      )
      .filter(([, statements]) => statements > 0)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
  expect(found).toEqual(ALLOWED);
});

it('distinguishes a statement from a part of one', () => {
  expect(
    'sql`\n  select 1`; sql<{ a: A; b: B }>`update t`; sql<Row>`with a as (select 1) select`'.match(
      STATEMENT,
    ),
  ).toHaveLength(3);
  expect(
    "sql`now() - interval '1 day'`; sql`for update`; sql<number>`count(*)::int`".match(STATEMENT),
  ).toBeNull();
});
