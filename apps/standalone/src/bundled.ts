import { fileURLToPath } from 'node:url';

/**
 * A program as the build has bundled it (`tools/bundle.mjs`): a tenth of the files, and of the time, that its
 * modules take to load one by one.
 */
export const bundled = (program: string): string =>
  fileURLToPath(new URL(`../../../../dist/${program}.js`, import.meta.url));
