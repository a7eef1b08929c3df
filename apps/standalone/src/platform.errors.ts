import { DomainError } from '@noema/kernel';

export const platformRunning = (directory: string, pid: number): DomainError =>
  new DomainError(
    'precondition',
    'PLATFORM_RUNNING',
    `process ${pid} already runs a platform on ${directory}; stop it with "noema down", or choose ` +
      'another directory with --data-dir',
    {
      metadata: { pid: String(pid), directory },
    },
  );

/**
 * The one who holds the directory cannot be seen from here: it is in another container, or on another
 * machine.
 */
export const platformRunsElsewhere = (directory: string): DomainError =>
  new DomainError(
    'precondition',
    'PLATFORM_RUNNING',
    `a platform already runs on ${directory}, in another container or on another machine; stop it ` +
      'there, or choose another directory with --data-dir',
    {
      metadata: { directory },
    },
  );

export const portInUse = (port: number): DomainError =>
  new DomainError(
    'precondition',
    'PORT_IN_USE',
    `port ${port} of 127.0.0.1 is in use by another program; end that program, or choose another port ` +
      'with --port (0 for any free one)',
    {
      metadata: { port: String(port) },
    },
  );

export const notHealthy = (name: string, waitedMs: number): DomainError =>
  new DomainError(
    'unavailable',
    'SERVICE_NOT_HEALTHY',
    `${name} was not ready after ${Math.round(waitedMs / 1000)} s; its log has the reason`,
    { metadata: { name } },
  );

export const sandboxUnavailable = (why: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'SANDBOX_UNAVAILABLE',
    `code of several users needs a sandbox, and it cannot run here: ${why}; run "make servers", which ` +
      'installs bubblewrap, or start with --trust-integrations where every member of every team may do on ' +
      'this machine what you may',
    { cause, metadata: { why } },
  );

export const secretsLost = (path: string, how: string, cause?: unknown): DomainError =>
  new DomainError(
    'precondition',
    'SECRETS_LOST',
    `${path} ${how}, and the database next to it opens with its passwords only; restore the file from a ` +
      'backup, or start on another directory with --data-dir',
    { cause, metadata: { path } },
  );

export const directoryUnusable = (directory: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'DATA_DIRECTORY_UNUSABLE',
    `the directory ${directory} cannot be made or written ` +
      `(${cause instanceof Error ? cause.message : String(cause)}); choose another one with --data-dir`,
    { cause, metadata: { directory } },
  );
