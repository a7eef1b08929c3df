import { defineConfig } from 'vitest/config';

/** The rows of RELIABILITY: first those that a service or a library proves alone, then those of the whole cluster set-up, one after the other. */
export default defineConfig({
  test: {
    testNamePattern: /RELIABILITY \d+: /,
    reporters: ['default', './tools/faults-reporter.ts'],
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'rows', include: ['{libs,services,apps}/*/dist/**/*.{spec,itest,e2e}.js', 'e2e/dist/**/*.e2e.js'], maxWorkers: 2, testTimeout: 60_000, hookTimeout: 120_000, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'cluster', include: ['e2e/dist/faults/*.faults.js'], maxWorkers: 1, fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
