/** The kinds of failure that may leave a service. Every transport maps each kind. */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'precondition'
  | 'unauthenticated'
  | 'forbidden'
  | 'exhausted'
  | 'unavailable'
  | 'timeout'
  | 'cancelled'
  | 'unsupported'
  | 'data-loss'
  | 'internal';

/** A field of a request that was rejected, and what to do about it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

export interface DomainErrorOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  readonly cause?: unknown;
}

/**
 * The only error class that may leave a service. `reason` is a constant in UPPER_SNAKE_CASE that programs
 * match on. The message says what was wrong, with which value, and what to do.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];

  constructor(
    readonly kind: ErrorKind,
    readonly reason: string,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.metadata = options.metadata ?? {};
    this.violations = options.violations ?? [];
  }
}

const RETRYABLE: ReadonlySet<ErrorKind> = new Set([
  'unavailable',
  'timeout',
  'exhausted',
  'conflict',
  'internal',
]);

/**
 * True if the same work may succeed later without a change. An error that is not a DomainError counts as
 * retryable.
 */
export function isRetryable(error: unknown): boolean {
  return !(error instanceof DomainError) || RETRYABLE.has(error.kind);
}

/** Converts an error to a DomainError. Any other error becomes `internal` and is kept as the cause. */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new DomainError('internal', 'INTERNAL', message, { cause: error });
}

/** The error for work that was stopped on purpose. */
export function cancelled(what: string): DomainError {
  return new DomainError('cancelled', 'CANCELLED', `${what} was cancelled`);
}
