import { asDomainError, DomainError, type ErrorKind, type FieldViolation } from '@noema/kernel';

/** A task for a thread: its name and its input. */
export interface ThreadTask {
  readonly name: string;
  readonly data: unknown;
}

/** Message to a thread: a task, or the request to stop the running one. */
export type Order = ThreadTask | 'stop';

/** Message from a thread: a message of its task, the result, or the error. */
export type Answer =
  | { readonly said: unknown }
  | { readonly returned: unknown }
  | { readonly thrown: PlainError };

/** A DomainError as a message between threads. */
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
