import { DomainError, type ErrorKind, type FieldViolation } from '@noema/kernel/domain-error';

/** A problem document (RFC 9457), extended by the fields of a DomainError. */
export interface Problem {
  /** `urn:noema:problem:<kind>`. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly violations: readonly FieldViolation[];
  /** `urn:noema:request:<id>`, added by the gateway. */
  readonly instance?: string;
  /** Trace id of the request in logs and traces, added by the gateway. */
  readonly trace_id?: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';
const TYPE = 'urn:noema:problem:';
/** Reasons of internal errors that reveal nothing internal. */
const NAMED_INTERNAL: ReadonlySet<string> = new Set(['RESPONSE_INVALID']);

const STATUS: Readonly<Record<ErrorKind, readonly [number, string]>> = {
  invalid: [400, 'Invalid request'],
  precondition: [400, 'Not possible in this state'],
  unauthenticated: [401, 'Not signed in'],
  forbidden: [403, 'Not allowed'],
  'not-found': [404, 'Not found'],
  exists: [409, 'Exists already'],
  conflict: [409, 'Conflict'],
  exhausted: [429, 'Too much at once'],
  cancelled: [499, 'Cancelled'],
  internal: [500, 'Internal error'],
  'data-loss': [500, 'Damaged data'],
  unsupported: [501, 'Not supported'],
  unavailable: [503, 'Not available now'],
  timeout: [504, 'Took too long'],
};

/**
 * Returns the problem document of an error, without the text of an internal one. `status` overrides the
 * default of its kind, as for 405 or 413.
 */
export function toProblem(error: DomainError, status = STATUS[error.kind][0]): Problem {
  const title = STATUS[error.kind][1];
  const hidden = error.kind === 'internal';
  return {
    type: TYPE + error.kind,
    title,
    status,
    detail: hidden ? 'internal error; the log has the cause under this trace id' : error.message,
    reason: hidden && !NAMED_INTERNAL.has(error.reason) ? 'INTERNAL' : error.reason,
    metadata: hidden ? {} : error.metadata,
    violations: hidden ? [] : error.violations,
  };
}

/**
 * Returns the error of a problem document, with its trace in the metadata as `trace_id`. A foreign document
 * gets the kind of its status.
 */
export function errorOfProblem(status: number, body: unknown): DomainError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  const kind = parseKind(problem.type) ?? kindOfStatus(status);
  return new DomainError(
    kind,
    problem.reason ?? `HTTP_${status}`,
    problem.detail ?? problem.title ?? `the server answered ${status}`,
    {
      metadata: {
        ...problem.metadata,
        ...(typeof problem.trace_id === 'string' &&
          problem.trace_id !== '' && { trace_id: problem.trace_id }),
      },
      violations: problem.violations ?? [],
    },
  );
}

const parseKind = (type: string | undefined): ErrorKind | undefined => {
  const kind = type?.startsWith(TYPE) === true ? type.slice(TYPE.length) : '';
  return kind in STATUS ? (kind as ErrorKind) : undefined;
};

function kindOfStatus(status: number): ErrorKind {
  if (status === 502) return 'unavailable';
  const entry = Object.entries(STATUS).find(([, [code]]) => code === status);
  if (entry !== undefined) return entry[0] as ErrorKind;
  return status < 500 ? 'invalid' : 'internal';
}
