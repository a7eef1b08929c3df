import { DomainError } from '@noema/kernel';

export const monitoringAddressFault = (address: string, cause: Error): DomainError =>
  (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    ? new DomainError(
        'precondition',
        'METRICS_ADDRESS_IN_USE',
        `another program listens on ${address}; end it, or give NOEMA_METRICS_ADDRESS another port (0 ` +
          'for any free one)',
        { cause, metadata: { address } },
      )
    : new DomainError(
        'precondition',
        'METRICS_ADDRESS_INVALID',
        `metrics cannot be served on "${address}" (${cause.message}); give NOEMA_METRICS_ADDRESS a host ` +
          'and port of this machine',
        { cause, metadata: { address } },
      );
