import { defineConfig } from 'vitest/config';

/** Tests that load TensorFlow.js by folders, which vitest resolves and Node does not, or count its tensors. */
const engines = ['libs/{engine,layers}/dist/**/*.spec.js', 'e2e/dist/test/zoo.e2e.js'];

/** Tests that need a process of their own although others of their kind share one. */
const alone = [
  // They read the metrics of the process.
  'libs/jobs/dist/src/job-trace.itest.js',
  'deploy/dist/test/observability.spec.js',
  // It has workers that end when they hold too much memory.
  'services/activations/dist/test/activations.e2e.js',
];

/** Node loads compiled modules; vitest would transform them for each test file. */
const compiled = { server: { deps: { external: [/\/dist\//] } } };

/** Modules that Node has loaded serve all files of a process. */
const shared = { ...compiled, isolate: false };

/**
 * Tests run on what ships: the compiled output of `npm run build`. Tests of the whole platform have a process
 * for each file. Tests of libraries and services share four processes, which load each library once, each file
 * with servers of its own; so do specs of plain code. Vitest transforms the modules of
 * `engines`, each file in a process of its own. Projects run in the order of their names.
 */
export default defineConfig({
  test: {
    reporters: ['default', './tools/count-reporter.ts'],
    pool: 'forks',
    // Tests also wait, for processes, pages and time limits: three at once use 89 % of two cores, four 97 %.
    maxWorkers: 4,
    testTimeout: 300_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'platforms',
          globalSetup: './tools/test-run.ts',
          include: [...alone, '{e2e,deploy,bench}/dist/**/*.{itest,e2e}.js'],
          exclude: ['**/node_modules/**', ...engines],
          ...compiled,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['{libs,services,apps,examples}/*/dist/**/*.{itest,e2e}.js'],
          exclude: ['**/node_modules/**', ...alone],
          ...shared,
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
          exclude: ['**/node_modules/**', ...engines, ...alone],
          ...shared,
        },
      },
      { extends: true, test: { name: 'engines', include: engines } },
    ],
  },
});
