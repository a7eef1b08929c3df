import { DomainError } from '@noema/kernel';

/** Explains why an address cannot be bound. The usual cause is a second instance on the same port. */
export function addressFault(address: string, cause: unknown): DomainError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.includes('EADDRINUSE')
    ? new DomainError(
        'precondition',
        'ADDRESS_IN_USE',
        `cannot listen on ${address}: another process does; stop it or choose another port`,
        { metadata: { address }, cause },
      )
    : new DomainError(
        'precondition',
        'ADDRESS_UNUSABLE',
        `cannot listen on ${address}: ${text}; give host:port of this machine`,
        { metadata: { address }, cause },
      );
}
