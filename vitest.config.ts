import { defineConfig } from 'vitest/config';

/** Specs that need a process of their own: they count the tensors of the process, or load tfjs by folders. */
const isolated = '{engine,layers}';

/** Tests of libraries that need a process of their own: they read the metrics of the process. */
const alone = ['libs/jobs/dist/src/job-trace.itest.js'];

/** Compiled modules are loaded by Node, once in a process; vitest would transform them for each test file. */
const shared = { isolate: false, server: { deps: { external: [/\/dist\//] } } };

/**
 * Tests run on what ships: the compiled output of `npm run build`. Specs of plain code share two processes,
 * which load each library once, and so do tests of libraries, each file with servers of its own. Tests of
 * services and of the whole platform have a process for each file.
 */
export default defineConfig({
  test: {
    reporters: ['default', './tools/count-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'libraries',
          include: ['libs/*/dist/**/*.{itest,e2e}.js'],
          exclude: ['**/node_modules/**', ...alone],
          ...shared,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          globalSetup: './tools/test-run.ts',
          include: [
            ...alone,
            '{services,apps,examples}/*/dist/**/*.{itest,e2e}.js',
            '{e2e,deploy,bench}/dist/**/*.e2e.js',
            `libs/${isolated}/dist/**/*.spec.js`,
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'specs',
          include: [
            '{libs,services,apps,examples}/*/dist/**/*.spec.js',
            '{e2e,deploy,bench}/dist/**/*.spec.js',
          ],
          exclude: ['**/node_modules/**', `libs/${isolated}/**`],
          ...shared,
        },
      },
    ],
  },
});
