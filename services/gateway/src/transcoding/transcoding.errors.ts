import { DomainError } from '@noema/kernel';
import { HttpRefusal } from '../http/http.errors.js';

export const verbNotAllowed = (verb: string, path: string, allowed: readonly string[]): HttpRefusal =>
  new HttpRefusal(
    405,
    'unsupported',
    'VERB_NOT_ALLOWED',
    `${path} does not take ${verb}; it takes ${allowed.join(', ')}`,
    { metadata: { allow: allowed.join(', ') } },
  );

export const bodyTooLarge = (limitBytes: number): HttpRefusal =>
  new HttpRefusal(
    413,
    'invalid',
    'BODY_TOO_LARGE',
    `the body is larger than ${limitBytes} bytes; large data belong into the artifact store, not into a ` +
      'request',
    { metadata: { limit_bytes: String(limitBytes) } },
  );

export const bodyTimedOut = (timeoutMs: number): HttpRefusal =>
  new HttpRefusal(
    408,
    'timeout',
    'BODY_TOO_SLOW',
    `the body did not arrive within ${timeoutMs} ms; send it again, faster`,
  );

export const bodyCut = (): DomainError =>
  new DomainError('cancelled', 'BODY_CUT', 'the caller left before its body was complete');

export const bodyNotJson = (why: string): DomainError =>
  new DomainError('invalid', 'BODY_NOT_JSON', `the body is no JSON: ${why}`, {
    violations: [{ field: 'body', description: why }],
  });

export const bodyTooManyValues = (max: number): DomainError =>
  new DomainError(
    'invalid',
    'BODY_TOO_MANY_VALUES',
    `the body has more than ${max} values; no model of at most 2,048 layers needs as many`,
    { violations: [{ field: 'body', description: `more than ${max} values` }] },
  );

export const mediaTypeUnknown = (given: string): HttpRefusal =>
  new HttpRefusal(
    415,
    'invalid',
    'MEDIA_TYPE_UNKNOWN',
    `a body of type ${given} is not understood; send application/json`,
  );

export const headerInvalid = (name: string, value: string, wanted: string): DomainError =>
  new DomainError('invalid', 'HEADER_INVALID', `${name}: "${value}" is not ${wanted}`, {
    violations: [{ field: name, description: `is not ${wanted}` }],
  });
