import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a directory for the run, in which test files leave what others may copy, and removes it at the end.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'noema-test-run-'));
  await chmod(directory, 0o711); // PostgreSQL runs as another user below it
  process.env['NOEMA_TEST_RUN_DIR'] = directory;
  return () => rm(directory, { recursive: true, force: true, maxRetries: 3 });
}
