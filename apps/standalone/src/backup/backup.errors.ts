import { DomainError } from '@noema/kernel';

export const directoryNotEmpty = (path: string): DomainError =>
  new DomainError(
    'precondition',
    'DIRECTORY_NOT_EMPTY',
    `${path} is not empty; name a directory that is empty or does not exist`,
    { metadata: { path } },
  );

export const backupInside = (to: string, directory: string): DomainError =>
  new DomainError(
    'invalid',
    'BACKUP_INSIDE',
    `${to} lies in the data directory ${directory}; a backup belongs elsewhere, at best on another disk`,
    { metadata: { to, directory } },
  );

export const noBackup = (path: string): DomainError =>
  new DomainError(
    'data-loss',
    'BACKUP_INCOMPLETE',
    `${path} holds no complete backup: its backup.json, which is written last, is missing or cannot be ` +
      'read; use another backup',
    { metadata: { path } },
  );

export const backupDamaged = (path: string, fault: string): DomainError =>
  new DomainError(
    'data-loss',
    'BACKUP_DAMAGED',
    `the backup is damaged: ${path} ${fault}; nothing was restored, use another backup`,
    { metadata: { path } },
  );

export const backupOfCluster = (): DomainError =>
  new DomainError(
    'unsupported',
    'BACKUP_SET_UP',
    'a running cluster set-up is backed up by the tools of its servers, see docs/operations.md; or stop ' +
      'it with "noema down --cluster" first',
  );

export const nothingToBackUp = (path: string): DomainError =>
  new DomainError(
    'not-found',
    'DATA_DIRECTORY_MISSING',
    `${path} is no data directory of Noema: it has no secrets.json; name one with --data-dir`,
    { metadata: { path } },
  );
