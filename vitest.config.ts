import { defineConfig } from 'vitest/config';

/** Tests run on what ships: the compiled output of `npm run build`. */
export default defineConfig({
  test: {
    include: [
      '{libs,services,apps,examples}/*/dist/**/*.{spec,itest,e2e}.js',
      '{e2e,deploy,bench}/dist/**/*.{spec,e2e}.js',
    ],
    globalSetup: './tools/test-run.ts',
    reporters: ['default', './tools/count-reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 180_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
