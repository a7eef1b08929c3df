import { asDomainError, DomainError, type ErrorKind, type FieldViolation } from '@noema/kernel';

/** A task as a thread gets it: which of those that it serves, and what of. */
export interface ThreadTask {
  readonly name: string;
  readonly data: unknown;
}

/** What a thread is told: a task, or that the one it runs is to stop. */
export type Order = ThreadTask | 'stop';

/** What a thread says: something of its task, what the task has returned, or what it has thrown. */
export type Answer =
  | { readonly said: unknown }
  | { readonly returned: unknown }
  | { readonly thrown: PlainError };

/** A DomainError as a message between threads carries it. */
interface PlainError {
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  readonly stack: string | undefined;
}

export function toPlain(error: unknown): PlainError {
  const { kind, reason, message, metadata, violations } = asDomainError(error);
  return {
    kind,
    reason,
    message,
    metadata,
    violations,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

export const fromPlain = ({ kind, reason, message, metadata, violations, stack }: PlainError): DomainError =>
  new DomainError(kind, reason, message, { metadata, violations, cause: stack });
