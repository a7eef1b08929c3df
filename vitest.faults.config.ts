import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * Compiled files of the tests that docs/reliability.md names; a contract runs in every adapter's test of its
 * package.
 */
const proving = [
  ...readFileSync(new URL('docs/reliability.md', import.meta.url), 'utf8').matchAll(
    /\]\(\.\.\/([^)]+)\.ts\)/g,
  ),
]
  .map(([, path]) => path!)
  .filter((path) => !path.endsWith('.faults'))
  .map((path) =>
    path.endsWith('.contract')
      ? path.replace(/^(libs\/[^/]+)\/.*$/, '$1/dist/**/*.itest.js')
      : `${path.replace(/^((?:libs|services|apps)\/[^/]+|e2e|deploy)\//, '$1/dist/')}.js`,
  );

/**
 * The rows of RELIABILITY: first the rows that a service or a library proves alone, then the rows of the
 * whole cluster set-up, one after the other.
 */
export default defineConfig({
  test: {
    testNamePattern: /RELIABILITY \d+: /,
    expect: { poll: { timeout: 120_000 } },
    reporters: ['default', './tools/faults-reporter.ts'],
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'rows',
          include: [...new Set(proving)],
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'cluster',
          globalSetup: './e2e/dist/faults/cluster.setup.js',
          include: ['e2e/dist/faults/*.faults.js'],
          maxWorkers: 1,
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 600_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
