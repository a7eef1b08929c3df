import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DomainError } from '@noema/kernel';
import type { LogFile } from './log-file.js';
import { entryPoint } from './service-catalog.js';

/**
 * Runs the migration of a service as a process of its own, as a cluster does before a new version starts.
 * Throws `unavailable` MIGRATION_FAILED.
 */
export async function migrateApart(
  name: string,
  env: Readonly<Record<string, string>>,
  log: LogFile,
): Promise<void> {
  const child = fork(entryPoint(name, 'migrate'), [], {
    env: { ...env },
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    execArgv: ['--enable-source-maps'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  if (code !== 0)
    throw new DomainError(
      'unavailable',
      'MIGRATION_FAILED',
      `the schema of ${name} could not be brought up to date (${String(code ?? signal)}); its log has the reason`,
      { metadata: { name } },
    );
}
