import { DomainError } from '@noema/kernel';

export const pageMissing = (directory: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'PAGE_MISSING',
    `there is no page in ${directory}: index.html cannot be read; build it with "make build", or unset ` +
      'NOEMA_PAGE_DIR',
    { cause, metadata: { directory } },
  );
