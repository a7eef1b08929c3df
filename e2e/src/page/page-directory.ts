import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from '@noema/testing';

/** Where the bundled page is; `make build` makes it. */
export const PAGE_DIRECTORY = fileURLToPath(new URL('../../../../apps/web/dist/page/', import.meta.url));

/**
 * True when there is a browser and a bundled page; says what is missing, and how to get it, when a test has
 * to be skipped.
 */
export function isShowable(test: string): boolean {
  const missing =
    findBrowser() === undefined
      ? 'there is no browser; `make browser` installs one'
      : existsSync(join(PAGE_DIRECTORY, 'index.html'))
        ? undefined
        : 'the page is not bundled; `make build` does it';
  if (missing !== undefined) console.warn(`${test} is skipped: ${missing}`);
  return missing === undefined;
}
